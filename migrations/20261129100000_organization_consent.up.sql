-- What members let somebody else's products do in an organization (TOK-6). A consent is part of the membership: it ends
-- with it, and whoever joins again is asked again.

create table organization_consent (
  organization_id uuid not null,
  principal_id uuid not null,
  client_id text not null,
  scopes text[] not null,
  consented_at timestamptz(3) not null,
  primary key (organization_id, principal_id, client_id),
  constraint organization_consent_membership_fkey foreign key (organization_id, principal_id)
    references membership (organization_id, principal_id) on delete cascade
);
comment on table organization_consent is 'What a member lets somebody else''s product do in an organization.';
comment on column organization_consent.scopes is 'Keys of permissions: the most that its tokens there say.';
comment on column organization_consent.consented_at is 'When they consented last: to more is consented anew.';
create index organization_consent_principal_index on organization_consent (principal_id, consented_at);

-- Codes and refresh tokens that the product has for the organization end with the consent, by whichever way that ends.
create function tenantry_end_consented_tokens() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from oidc_record r
  where r.model in ('AuthorizationCode', 'RefreshToken')
    and r.payload ->> 'accountId' = old.principal_id::text and r.payload ->> 'clientId' = old.client_id
    and (r.payload ->> 'resource' = 'urn:tenantry:organization:' || old.organization_id
      or r.payload ->> 'resource' in (
        select 'urn:tenantry:organization:by-slug:' || s.slug from organization_slug s where s.organization_id = old.organization_id));
  return null;
end $$;
create trigger organization_consent_ends after delete on organization_consent
  for each row execute function tenantry_end_consented_tokens();
create index oidc_record_account_index on oidc_record ((payload ->> 'accountId'))
  where model in ('AuthorizationCode', 'RefreshToken');

call tenantry_guard('organization_consent');
