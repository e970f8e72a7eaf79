-- The mail of each organization waits in a line of its own.
drop index invitation_mail_due_index;
create index invitation_mail_line_index on invitation_mail (organization_id, due_at, id) where status = 'QUEUED';
