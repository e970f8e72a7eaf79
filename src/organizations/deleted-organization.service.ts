import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { RequestError } from '../errors.ts'
import { deploymentId } from '../ids.ts'

/** What one step of a purge came to. */
interface Purged {
  readonly organizationId: string
  readonly name: string
  /** False while rows of it are left. */
  readonly isGone: boolean
}

/** How many rows one statement of the purge removes at most: of a large organization it takes some hundred milliseconds. */
const batch = 5000

const restore = statement(
  'restore_organization',
  `update organization set deleted_at = null, purges_at = null, version = version + 1
   where id = $1 and deleted_at is not null and purges_at > $2 returning name`,
)
const purge = statement(
  'purge_organization',
  'select purged as "organizationId", label as name, is_gone as "isGone" from tenantry_purge($1, $2, $3)',
)

/** Undoes a deletion: everything is as it was, but for invitations that expired meanwhile (ORG-6). */
export async function restoreOrganization(tx: Tx, { organizationId: id }: { organizationId: string }) {
  const [restored] = await tx.rows<{ name: string }>(restore, [id, tx.now])
  if (restored === undefined) throw gone()
  const target = { type: 'Organization', id, label: restored.name }
  tx.record({ organizationId: id, action: 'ORGANIZATION_RESTORED', target })
  tx.emit(id, 'ORGANIZATION_RESTORED', { organizationId: id })
  return { organizationId: id }
}

/** Purges a deleted organization at once, whether its time is over or not; whole, or not at all. */
export async function purgeOrganization(tx: Tx, { organizationId }: { organizationId: string }) {
  for (;;) {
    const step = await purgeStep(tx, organizationId)
    if (step === null) throw gone()
    if (step.isGone) return { purgedOrganizationId: organizationId }
  }
}

/**
 * Removes a batch of rows of one organization: of the one that is asked for, or of any whose time is over. The last step
 * is recorded in the log of the deployment, for the organization that had a log of its own is gone. Null: there is none.
 */
export async function purgeStep(tx: Tx, asked: string | null): Promise<Purged | null> {
  const [step] = await tx.rows<Purged>(purge, [tx.now, batch, asked])
  if (step?.isGone !== true) return step ?? null
  const { organizationId, name } = step
  await tx.enter(deploymentId)
  const target = { type: 'Organization', id: organizationId, label: name }
  tx.record({ organizationId: deploymentId, action: 'ORGANIZATION_PURGED', target })
  tx.emit(deploymentId, 'ORGANIZATION_PURGED', { organizationId })
  return step
}

const gone = () => new RequestError('NOT_FOUND', 'There is no deleted organization with this id, or not any more.')
