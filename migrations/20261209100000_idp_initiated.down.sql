alter table sso_connector drop constraint sso_connector_idp_initiated_check;
alter table sso_connector drop column allows_idp_initiated;
