import type { Services } from '../../context.ts'
import type { Ask } from '../../load.ts'
import { type ActiveOrganizationRow, mostActive } from '../../members/active-organizations.loaders.ts'
import { lookAs } from '../../organization-tokens/look-as.ts'

/** What the scopes `organizations`, `organization_roles` and `organization_data` tell of the user's organizations. */
export async function organizationClaims(services: Services, principalId: string, scopes: ReadonlySet<string>) {
  const isNamed = (scope: string) => scopes.has(scope)
  if (!['organizations', 'organization_roles', 'organization_data'].some(isNamed)) return {}
  return lookAs(services, principalId, async ask => {
    const rows = await ask.load.activeOrganizationsByPrincipal.load(principalId)
    // A token has to fit into a header (TOK-9).
    const shown = rows.slice(0, mostActive)
    return {
      ...(isNamed('organizations') && { organizations: shown.map(row => row.id) }),
      ...(isNamed('organization_roles') && {
        organization_roles: (await Promise.all(shown.map(row => rolesIn(ask, row)))).flat(),
      }),
      ...(isNamed('organization_data') && {
        organization_data: shown.map(({ id, slug, name }) => ({ id, slug, name })),
      }),
      ...(rows.length > mostActive && { organizations_truncated: true }),
    }
  })
}

async function rolesIn({ load }: Ask, { id, membershipId }: ActiveOrganizationRow): Promise<string[]> {
  const held = await load.roleIdsByMembership.load(membershipId)
  const roles = await Promise.all(held.map(row => load.roleById.load(row.roleId)))
  const names = roles.flatMap(role => (role === null ? [] : [role.name]))
  return names.sort((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1)).map(name => `${id}:${name}`)
}
