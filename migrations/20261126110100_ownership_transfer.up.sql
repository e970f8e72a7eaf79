create table ownership_transfer (
  organization_id uuid not null references organization (id) on delete cascade,
  id uuid not null,
  status text not null default 'PENDING' check (status in ('PENDING', 'ACCEPTED', 'DECLINED', 'CANCELED', 'EXPIRED')),
  owner_id uuid references principal (id) on delete set null,
  new_owner_id uuid references principal (id) on delete set null,
  keeps_ownership boolean not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  closed_at timestamptz(3),
  primary key (organization_id, id),
  constraint ownership_transfer_sides_check check (owner_id <> new_owner_id),
  constraint ownership_transfer_closed_check check ((status = 'PENDING') = (closed_at is null))
);
comment on table ownership_transfer is 'An offer of an owner to make another member an owner, which that member accepts or not.';
comment on column ownership_transfer.keeps_ownership is 'Whether who offers stays an owner; otherwise the roles of ownership_transfer_role take the place of the owner role.';
create index ownership_transfer_id_index on ownership_transfer (id);
create unique index ownership_transfer_pending_key on ownership_transfer (organization_id) where status = 'PENDING';
create index ownership_transfer_owner_index on ownership_transfer (owner_id);
create index ownership_transfer_new_owner_index on ownership_transfer (new_owner_id, created_at, id);

create table ownership_transfer_role (
  organization_id uuid not null,
  transfer_id uuid not null,
  kind text not null default 'USER' check (kind = 'USER'),
  template_role_id uuid,
  custom_role_id uuid,
  role_id uuid not null generated always as (coalesce(template_role_id, custom_role_id)) stored,
  primary key (organization_id, transfer_id, role_id),
  constraint ownership_transfer_role_one_check check (num_nonnulls(template_role_id, custom_role_id) = 1),
  constraint ownership_transfer_role_transfer_fkey foreign key (organization_id, transfer_id)
    references ownership_transfer (organization_id, id) on delete cascade,
  constraint ownership_transfer_role_template_fkey foreign key (template_role_id, kind)
    references template_role (id, kind) on delete cascade,
  constraint ownership_transfer_role_custom_fkey foreign key (organization_id, custom_role_id, kind)
    references custom_role (organization_id, id, kind) on delete cascade
);
create index ownership_transfer_role_role_index on ownership_transfer_role (organization_id, role_id);
create index ownership_transfer_role_template_index on ownership_transfer_role (template_role_id);

call tenantry_guard('ownership_transfer');
call tenantry_guard('ownership_transfer_role');
