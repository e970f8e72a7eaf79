drop function tenantry_due_email_domains(timestamptz, timestamptz, integer), tenantry_is_domain_held(text, uuid);
drop table email_domain;
