import { type ManagementPermission, managementPermissionKeys } from '../auth/permissions.ts'
import type { Ask } from '../load.ts'
import { emailKey } from '../users/email.ts'
import type { PrincipalRow } from '../users/principal.loaders.ts'

/** How many principals can be granted management permissions: the list of them has no pages. */
export const operatorLimit = 200

/**
 * The management permissions of a principal: those granted in the graph, and all of them for the first operators, whom
 * the configuration names by `issuer subject` or by a verified email address.
 */
export async function managementOf(
  ask: Pick<Ask, 'load' | 'config'>,
  principal: PrincipalRow,
): Promise<ReadonlySet<ManagementPermission>> {
  if (await isConfigured(ask, principal)) return new Set(managementPermissionKeys)
  const grants = await ask.load.managementGrantsByPrincipal.load(principal.id)
  return new Set(grants.map(row => row.permission))
}

/** Whether the configuration makes this principal an operator. */
export async function isConfigured(
  { load, config }: Pick<Ask, 'load' | 'config'>,
  principal: PrincipalRow,
): Promise<boolean> {
  if (principal.kind === 'MACHINE' || config.operators.length === 0) return false
  const key = principal.email === null || !principal.isEmailVerified ? null : emailKey(principal.email)
  if (key !== null && config.operators.some(operator => emailKey(operator) === key)) return true
  if (!config.operators.some(operator => operator.includes(' '))) return false
  const identities = await load.identitiesByPrincipal.load(principal.id)
  return identities.some(({ issuer, subject }) => config.operators.includes(`${issuer} ${subject}`))
}
