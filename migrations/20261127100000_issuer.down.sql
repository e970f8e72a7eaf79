drop function tenantry_sign_in_branding(text);
drop table sign_in_code, sign_in_address, oidc_record, signing_key;
