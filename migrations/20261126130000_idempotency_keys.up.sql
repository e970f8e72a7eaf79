-- What a caller's idempotency key came to, for a day: hashes and ids, nothing that people wrote. Keys of what concerns the
-- deployment stand under the nil id, as its audit events do; so there is no foreign key to the organization.

create table idempotency_key (
  organization_id uuid not null,
  principal_id uuid not null references principal (id) on delete cascade,
  key_hash bytea not null,
  input_hash bytea not null,
  outcome jsonb,
  created_at timestamptz(3) not null,
  primary key (organization_id, principal_id, key_hash)
);
comment on table idempotency_key is 'A repeated call with the same key gets the first answer: the outcome is what the answer is read anew from.';
comment on column idempotency_key.input_hash is 'Of the mutation, the key and the input together: the same input under two keys has two hashes.';
create index idempotency_key_created_at_index on idempotency_key (organization_id, created_at);
create index idempotency_key_principal_index on idempotency_key (principal_id);

call tenantry_guard('idempotency_key');
