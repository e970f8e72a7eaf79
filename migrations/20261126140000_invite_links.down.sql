drop function tenantry_invite_links(text[]), tenantry_is_of_domains(text, text[]);
drop table invite_link_role, invite_link;
