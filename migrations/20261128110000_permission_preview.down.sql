drop function tenantry_permission_preview(uuid[]);
