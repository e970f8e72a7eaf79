import { randomBytes } from 'node:crypto'
import { changesOf } from '../audit/changes.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { deploymentId, newId } from '../ids.ts'
import { Principal } from '../users/principal.entity.ts'
import { ApplicationLimitReachedError } from './errors.ts'
import { OrganizationApplication } from './machine-application.entity.ts'
import type { ApplicationRow } from './machine-application.loaders.ts'

/** How many machine applications one organization may own. */
const limit = 100

const count = statement(
  'count_organization_applications',
  'select count(*)::int as count from organization_application where organization_id = $1',
)
// In one order, so that two deletions do not wait for one another; before anything else, as every change of members.
const lockPlaces = statement(
  'lock_organizations_of_application',
  `select o.id from organization o
   where o.id in (select m.organization_id from membership m where m.principal_id = $1) order by o.id for no key update`,
)
const endMemberships = statement(
  'end_memberships_of_application',
  'delete from membership where principal_id = $1 returning organization_id as "organizationId", id',
)
const remove = statement('delete_application', `delete from principal where id = $1 and kind = 'MACHINE'`)

/**
 * Creates a machine application: a client that can become a member with roles of the kind MACHINE. One that an
 * organization owns can be a member there and nowhere else.
 * @throws ApplicationLimitReachedError
 */
export async function createMachineApplication(tx: Tx, input: { name: string }, { organizationId }: Place) {
  const isOwned = organizationId !== deploymentId
  if (isOwned) {
    const [row] = await tx.rows<{ count: number }>(count, [organizationId])
    if ((row?.count ?? 0) >= limit) throw new ApplicationLimitReachedError(limit)
  }
  const id = newId(tx.now)
  const clientId = `app_${randomBytes(12).toString('base64url')}`
  await tx.em.insert(Principal, { id, kind: 'MACHINE', displayName: input.name, clientId, createdAt: tx.now })
  if (isOwned) await tx.em.insert(OrganizationApplication, { organizationId, applicationId: id })
  tx.record({ organizationId, action: 'MACHINE_APPLICATION_CREATED', target: targetOf(id, input.name) })
  tx.emit(organizationId, 'MACHINE_APPLICATION_CREATED', { applicationId: id })
  return { applicationId: id }
}

/** Renames a machine application. */
export async function updateMachineApplication(
  tx: Tx,
  input: { name?: string | null | undefined },
  application: ApplicationRow,
) {
  const { id, organizationId, displayName } = application
  const name = input.name ?? displayName
  const changes = changesOf({ name: displayName }, { name })
  if (changes.length === 0) return { applicationId: id }
  await tx.em.nativeUpdate(Principal, { id }, { displayName: name })
  const target = targetOf(id, displayName)
  tx.record({ organizationId, action: 'MACHINE_APPLICATION_UPDATED', target, changes })
  tx.emit(organizationId, 'MACHINE_APPLICATION_UPDATED', { applicationId: id })
  return { applicationId: id }
}

/** Ends a machine application for good: its memberships, secrets, keys and management permissions; the audit log keeps its name. */
export async function deleteMachineApplication(tx: Tx, application: ApplicationRow) {
  const { id, organizationId, displayName: label } = application
  // One of the deployment can be a member in any organization: the transaction acts in all of them.
  if (organizationId === deploymentId) await tx.enter('*')
  await tx.rows(lockPlaces, [id])
  const ended = await tx.rows<{ organizationId: string; id: string }>(endMemberships, [id])
  for (const one of ended) {
    const target = { type: 'Membership', id: one.id, label }
    tx.record({ organizationId: one.organizationId, action: 'MEMBER_REMOVED', target })
    tx.emit(one.organizationId, 'MEMBER_REMOVED', {
      ...{ organizationId: one.organizationId, membershipId: one.id, principalId: id },
    })
  }
  await tx.rows(remove, [id])
  tx.record({ organizationId, action: 'MACHINE_APPLICATION_DELETED', target: targetOf(id, label) })
  tx.emit(organizationId, 'MACHINE_APPLICATION_DELETED', { applicationId: id })
  return { deletedApplicationId: id }
}

interface Place {
  readonly organizationId: string
}

/** How the audit log names an application. */
export function targetOf(id: string, label: string) {
  return { type: 'MachineApplication', id, label }
}
