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

call tenantry_guard('sign_in_policy');
