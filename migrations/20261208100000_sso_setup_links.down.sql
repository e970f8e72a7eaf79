drop function tenantry_sso_setup_link(text);
drop table sso_setup_link;
