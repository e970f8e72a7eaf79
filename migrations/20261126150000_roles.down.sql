drop function tenantry_role_preview(uuid, uuid, uuid[], uuid[], uuid[], uuid[]);
drop function tenantry_role_use(uuid, uuid, timestamptz);
drop function tenantry_counts_role(uuid);
drop function tenantry_role_effect(uuid, uuid[], uuid[], uuid[]);
drop index membership_role_role_index;
create index membership_role_role_index on membership_role (organization_id, role_id);
drop index membership_role_template_index;
create index membership_role_template_index on membership_role (template_role_id);
