drop function tenantry_mail_in_the_way(text, timestamptz, integer), tenantry_invitation_preview(text), tenantry_invitation_by_token(text);
drop table mail_template, invitation_token, invitation_mail;
alter table invitation drop column last_mail_failure, drop column last_sent_at, drop column mail_generation, drop column redirect_url,
  drop column locale;
