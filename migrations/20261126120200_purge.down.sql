drop function tenantry_purge(timestamptz, integer, uuid);
drop function tenantry_deleted_organizations();
drop index organization_purges_at_index;
