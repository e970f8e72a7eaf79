-- Passkeys of a user at the built-in issuer (Web Authentication), and the challenges that they answer. What is kept of a
-- passkey is public: the private key never leaves the user's device, or what they sync it with.

create table passkey (
  id uuid primary key,
  principal_id uuid not null references principal (id) on delete cascade,
  credential_id text not null unique,
  public_key bytea not null,
  sign_count bigint not null,
  transports text[] not null,
  aaguid uuid not null,
  is_backed_up boolean not null,
  name text not null check (char_length(name) between 1 and 64),
  created_at timestamptz(3) not null,
  last_used_at timestamptz(3)
);
comment on column passkey.credential_id is 'As the authenticator made it, in base64url.';
comment on column passkey.public_key is 'COSE_Key (RFC 9052).';
comment on column passkey.sign_count is 'Of the last signature; zero for ever where the authenticator does not count.';
comment on column passkey.aaguid is 'Of which make the authenticator says it is; nobody attests that.';
create index passkey_of_principal on passkey (principal_id);

create table passkey_challenge (
  interaction_hash text not null,
  purpose text not null check (purpose in ('PROVE', 'ADD')),
  challenge text not null,
  expires_at timestamptz(3) not null,
  primary key (interaction_hash, purpose)
);
comment on table passkey_challenge is 'The newest of an interaction; deleted as it is answered, so each is good once.';
create index passkey_challenge_expires on passkey_challenge (expires_at);

grant select, insert, update, delete on passkey, passkey_challenge to tenantry_app;
