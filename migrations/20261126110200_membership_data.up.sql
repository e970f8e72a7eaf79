alter table membership add column custom_data jsonb not null default '{}';
comment on column membership.custom_data is 'What the product keeps of this member in this organization.';
