-- A consent is to permissions, not to what they are called: another one that
-- takes the name over is not consented to. What was kept by key is kept as the permissions that have these keys now.
alter table organization_consent add column permission_ids uuid[] not null default '{}';
update organization_consent c set permission_ids = array(
  select p.id from permission p where p.key = any(c.scopes) order by p.id);
alter table organization_consent alter column permission_ids drop default, drop column scopes;
comment on column organization_consent.permission_ids is 'The most that its tokens there say. Ids that are of no permission any more stand for nothing.';

-- A refresh token for an API names no organization of its own, so it ends with any consent of its user to the product;
-- one for organizations ends with the consent for any of them.
create or replace function tenantry_end_consented_tokens() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from oidc_record r
  where r.model in ('AuthorizationCode', 'RefreshToken')
    and r.payload ->> 'accountId' = old.principal_id::text and r.payload ->> 'clientId' = old.client_id
    and exists (
      select from jsonb_array_elements_text(case jsonb_typeof(r.payload -> 'resource')
        when 'array' then r.payload -> 'resource' when 'string' then jsonb_build_array(r.payload -> 'resource')
        else '[]' end) as resource (name)
      where resource.name = 'urn:tenantry:organization:' || old.organization_id
        or resource.name in (
          select 'urn:tenantry:organization:by-slug:' || s.slug from organization_slug s
          where s.organization_id = old.organization_id)
        or resource.name in (select a.audience from api_resource a));
  return null;
end $$;

-- Sessions, grants and every kind of token of an account are found by it: whoever is deleted is signed in nowhere.
drop index oidc_record_account_index;
create index oidc_record_account_index on oidc_record ((payload ->> 'accountId'))
  where payload ->> 'accountId' is not null;
