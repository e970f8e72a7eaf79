-- A second factor of a user at the built-in issuer: a program that makes codes (RFC 6238), and codes for when it is lost.
-- Nothing that is stored here signs anybody in: the secret is encrypted with one that is not in the database.

create table second_factor (
  principal_id uuid primary key references principal (id) on delete cascade,
  encrypted_secret text not null,
  last_step bigint not null,
  attempts integer not null default 0,
  attempts_since timestamptz(3) not null,
  created_at timestamptz(3) not null
);
comment on column second_factor.encrypted_secret is 'AES-256-GCM under a key derived from ISSUER_SECRET: nonce, tag and text, in base64url.';
comment on column second_factor.last_step is 'The time step of the last code that was good: each is good once.';
comment on column second_factor.attempts is 'Since attempts_since; none after a code that was good.';

create table recovery_code (
  principal_id uuid not null references second_factor (principal_id) on delete cascade,
  code_hash text not null,
  used_at timestamptz(3),
  primary key (principal_id, code_hash)
);
comment on column recovery_code.code_hash is 'HMAC of the code under a key derived from ISSUER_SECRET.';

grant select, insert, update, delete on second_factor, recovery_code to tenantry_app;
