drop trigger organization_takes_slug on organization;
drop function tenantry_take_slug();
drop function tenantry_slug_is_free(text, timestamptz);
drop table organization_slug;
