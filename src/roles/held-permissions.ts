/**
 * What the role of a `membership_role` row permits, for a join: found by the keys of either kind of role. The view over
 * both kinds would be asked by the role alone, and then PostgreSQL reads the custom roles of every organization.
 */
export const heldPermissions = (held: string) => `lateral (
  select permission_id from template_role_permission where role_id = ${held}.template_role_id
  union all
  select permission_id from custom_role_permission
  where organization_id = ${held}.organization_id and role_id = ${held}.custom_role_id)`
