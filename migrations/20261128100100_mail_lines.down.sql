drop index invitation_mail_line_index;
create index invitation_mail_due_index on invitation_mail (due_at) where status = 'QUEUED';
