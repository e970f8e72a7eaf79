drop function tenantry_purge_sso_assertion_uses(timestamptz), tenantry_due_sso_connectors(timestamptz, timestamptz, integer),
  tenantry_sso_connector_place(uuid);
drop table sso_assertion_use;
delete from sso_connector where protocol = 'SAML';
alter table sso_connector drop column metadata_read_at, drop column metadata_problem, drop column expiry_noted_for,
  drop column next_check_at;
