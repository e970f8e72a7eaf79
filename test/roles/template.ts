import type { Client, Loose, Result } from '../kit/client.ts'

export const invalid = '... on InvalidInputError { issues { path message } }'
export const escalation = '... on PermissionEscalationError { missing { key } }'

/** A product permission, by its key; of an API resource when one is named. */
export async function createPermission(by: Client, key: string, apiResourceId?: string): Promise<string> {
  const input = { key, description: `Allows ${key}.`, apiResourceId }
  const made = await by.mutate('createPermission', input, '... on CreatePermissionPayload { permission { id } }')
  return made.permission.id
}

export async function createApiResource(by: Client, audience: string): Promise<string> {
  const selection = '... on CreateApiResourcePayload { apiResource { id } }'
  return (await by.mutate('createApiResource', { audience, name: 'Billing' }, selection)).apiResource.id
}

/** A role of the template. */
export async function createRole(
  by: Client,
  name: string,
  { permissionIds = [], kind = 'USER' }: { permissionIds?: string[]; kind?: 'USER' | 'MACHINE' } = {},
): Promise<string> {
  const selection = '... on CreateTemplateRolePayload { role { id } }'
  return (await by.mutate('createTemplateRole', { name, kind, permissionIds }, selection)).role.id
}

/** The names of the roles of an organization, as this client sees them. */
export async function roleNames(by: Client, organizationId: string): Promise<string[]> {
  const data = await by.query('query($id: ID!) { organization(by: { id: $id }) { roles { name } } }', {
    id: organizationId,
  })
  return data.organization.roles.map((role: Loose) => role.name)
}

/** One role as this client sees it; null when it does not. */
export async function roleSeen(by: Client, id: string): Promise<Loose | null> {
  const fields = 'name description kind isOwner isDefault organization { id } permissions { key }'
  const data = await by.query(`query($id: ID!) { node(id: $id) { ... on OrganizationRole { ${fields} } } }`, { id })
  return data.node
}

/** The keys of the permissions of a role, in order; empty when the role is not to be seen. */
export async function keysOf(by: Client, roleId: string): Promise<string[]> {
  return ((await roleSeen(by, roleId))?.permissions ?? []).map((permission: Loose) => permission.key)
}

/** The names of the roles that a member holds. */
export async function rolesHeld(by: Client, membershipId: string): Promise<string[]> {
  const data = await by.query('query($id: ID!) { node(id: $id) { ... on Membership { roles { name } } } }', {
    id: membershipId,
  })
  return data.node.roles.map((role: Loose) => role.name)
}

/** What is wrong with an input, path by path. */
export function pathsOf(result: Result): string[] {
  return result.issues.map((issue: Loose) => issue.path.join('.'))
}
