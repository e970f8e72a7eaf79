-- Sign-in that begins at a provider of SAML: off unless an organization switches it on (SSO-4).

alter table sso_connector add column allows_idp_initiated boolean not null default false;
alter table sso_connector add constraint sso_connector_idp_initiated_check
  check (protocol = 'SAML' or not allows_idp_initiated);
comment on column sso_connector.allows_idp_initiated is 'Whether a sign-in may begin with an answer that nobody asked for; of SAML alone.';
