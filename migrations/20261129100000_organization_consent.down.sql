drop index oidc_record_account_index;
drop table organization_consent;
drop function tenantry_end_consented_tokens();
