-- What an organization asks of a sign-in before a token for it is issued.

create table sign_in_policy (
  organization_id uuid primary key references organization (id) on delete cascade,
  requires_mfa boolean not null,
  allowed_methods text[] not null,
  max_session_minutes integer,
  constraint sign_in_policy_methods_check check (allowed_methods <@ array['EMAIL_CODE', 'PASSKEY', 'EXTERNAL']),
  constraint sign_in_policy_session_check check (max_session_minutes between 5 and 525600)
);
comment on table sign_in_policy is 'What an organization asks of a sign-in. One without a row asks nothing.';
comment on column sign_in_policy.allowed_methods is 'Empty: every one.';
comment on column sign_in_policy.max_session_minutes is 'How long ago the sign-in may be; null: as long as it likes.';

do $$
declare
  acting constant text := 'organization_id = (select nullif(tenantry_setting(''acting''), ''*'')::uuid) or (select tenantry_setting(''acting'') = ''*'')';
  visible constant text := 'organization_id = any ((select tenantry_visible_organizations())::uuid[]) or (select tenantry_sees_all())';
begin
  alter table sign_in_policy enable row level security;
  alter table sign_in_policy force row level security;
  create policy sign_in_policy_owner on sign_in_policy to current_user using (true) with check (true);
  execute format('create policy sign_in_policy_read on sign_in_policy for select to tenantry_app using (%s)', visible);
  execute format('create policy sign_in_policy_insert on sign_in_policy for insert to tenantry_app with check (%s)', acting);
  execute format('create policy sign_in_policy_update on sign_in_policy for update to tenantry_app using (%s) with check (%s)', acting, acting);
  execute format('create policy sign_in_policy_delete on sign_in_policy for delete to tenantry_app using (%s)', acting);
end $$;
grant select, insert, update, delete on sign_in_policy to tenantry_app;
