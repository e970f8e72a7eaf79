-- The role tenantry_app stays: it belongs to the server, and other databases may use it.
drop view organization_role_permission, organization_role;
drop table outbox_event, audit_event, invitation_role, invitation, membership_role, custom_role_permission, custom_role,
  membership, organization, template_role_permission, template_role, permission, api_resource, management_grant, identity,
  principal;
drop function tenantry_follow_display_name(), tenantry_created_organizations(uuid), tenantry_sees_all(), tenantry_inviting_organizations(),
  tenantry_visible_organizations(), tenantry_manages(text), tenantry_setting(text);
revoke usage on schema public from tenantry_app;
