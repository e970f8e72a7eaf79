import { listChange } from '../audit/changes.ts'
import { manages } from '../auth/actor.ts'
import type { ManagementPermission } from '../auth/permissions.ts'
import { notFound } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError, RequestError } from '../errors.ts'
import { deploymentId } from '../ids.ts'
import { isConfigured, operatorLimit } from './management.ts'
import { ManagementGrant } from './management-grant.entity.ts'

export interface SetManagementPermissions {
  principalId: string
  permissions: readonly ManagementPermission[]
}

const granted = statement('count_operators', 'select count(distinct principal_id)::int as count from management_grant')
const owned = statement('is_owned_application', 'select not tenantry_is_at_home($1, $2) as "isOwned"')
const lock = statement('lock_principal', 'select id from principal where id = $1 for no key update')

/**
 * Makes these the management permissions that were granted to a principal, by difference (MGT-2). Nobody grants or
 * takes away what they do not hold; what the configuration gives stays as it is.
 */
export async function setManagementPermissions(tx: Tx, input: SetManagementPermissions) {
  // Two sets for one principal come one after the other: the difference is to what is held, not to what was.
  await tx.rows(lock, [input.principalId])
  const { permissions } = input
  const principal = await tx.load.principalById.load(input.principalId)
  if (principal === null) throw notFound('user or application')
  if (await isConfigured(tx, principal))
    throw new InvalidInputError([
      { path: ['input', 'principalId'], message: 'The configuration makes this an operator; change it there.' },
    ])
  if (permissions.length > 0 && (await isOwned(tx, principal.id)))
    throw new InvalidInputError([
      {
        path: ['input', 'principalId'],
        message: 'This application is owned by one organization, and acts there alone.',
      },
    ])
  const held = (await tx.load.managementGrantsByPrincipal.load(principal.id)).map(row => row.permission)
  const wanted = [...new Set(permissions)]
  const added = wanted.filter(permission => !held.includes(permission))
  const removed = held.filter(permission => !wanted.includes(permission))
  const lacking = [...added, ...removed].filter(permission => !manages(tx.actor, permission))
  if (lacking.length > 0)
    throw new RequestError('FORBIDDEN', `You do not hold ${lacking.join(', ')} yourself.`, { missing: lacking })
  if (held.length === 0 && added.length > 0) await refuseTooMany(tx)
  if (removed.length > 0)
    await tx.em.nativeDelete(ManagementGrant, { principalId: principal.id, permission: { $in: removed } })
  const rows = added.map(permission => ({
    principalId: principal.id,
    permission,
    grantedBy: tx.actorId,
    grantedAt: tx.now,
  }))
  if (rows.length > 0) await tx.em.insertMany(ManagementGrant, rows)
  const changes = listChange('permissions', removed, added)
  if (changes.length > 0) {
    const type = principal.kind === 'USER' ? 'User' : 'MachineApplication'
    const target = { type, id: principal.id, label: principal.displayName }
    tx.record({ organizationId: deploymentId, action: 'MANAGEMENT_PERMISSIONS_CHANGED', target, changes })
    tx.emit(deploymentId, 'MANAGEMENT_PERMISSIONS_CHANGED', { principalId: principal.id, added, removed })
  }
  return { principalId: principal.id }
}

/** An application that an organization owns is at home there, and so not in the deployment. */
async function isOwned(tx: Tx, applicationId: string): Promise<boolean> {
  return (await tx.rows<{ isOwned: boolean }>(owned, [applicationId, deploymentId]))[0]?.isOwned === true
}

async function refuseTooMany(tx: Tx): Promise<void> {
  const [row] = await tx.rows<{ count: number }>(granted, [])
  if ((row?.count ?? 0) < operatorLimit) return
  const message = `${operatorLimit} operators hold management permissions; that is the most there can be.`
  throw new InvalidInputError([{ path: ['input', 'permissions'], message }])
}
