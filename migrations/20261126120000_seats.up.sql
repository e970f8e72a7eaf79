alter table organization add column invitations_take_seats boolean not null default false;
comment on column organization.invitations_take_seats is 'Whether each pending invitation takes one of the seats, as a member does.';
