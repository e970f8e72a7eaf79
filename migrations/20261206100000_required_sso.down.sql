drop function tenantry_required_sso(uuid, text), tenantry_covering_domains(text);
drop table break_glass;
