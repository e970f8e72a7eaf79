drop index oidc_record_account_index;
create index oidc_record_account_index on oidc_record ((payload ->> 'accountId'))
  where model in ('AuthorizationCode', 'RefreshToken');

create or replace function tenantry_end_consented_tokens() returns trigger
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

alter table organization_consent add column scopes text[] not null default '{}';
update organization_consent c set scopes = array(
  select distinct p.key from permission p where p.id = any(c.permission_ids) order by p.key);
alter table organization_consent alter column scopes drop default, drop column permission_ids;
comment on column organization_consent.scopes is 'Keys of permissions: the most that its tokens there say.';
