update sign_in_policy set allowed_methods = array_remove(allowed_methods, 'SSO');
alter table sign_in_policy drop constraint sign_in_policy_methods_check;
alter table sign_in_policy add constraint sign_in_policy_methods_check
  check (allowed_methods <@ array['EMAIL_CODE', 'PASSKEY', 'EXTERNAL']);
drop function tenantry_purge_sso_sign_ins(timestamptz), tenantry_sso_sign_in_of_interaction(text),
  tenantry_sso_sign_in_by_state(text), tenantry_sso_connector_for(text[]);
drop table sso_sign_in, sso_identity, sso_connector_domain, sso_connector;
