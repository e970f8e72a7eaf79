drop function tenantry_requested_organizations(), tenantry_joinable_organization(text);
drop table join_request, join_policy;
