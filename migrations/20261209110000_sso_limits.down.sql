drop table email_domain_look;
drop table sso_start;
