import { listChange } from '../audit/changes.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { lockOrganization } from '../organizations/lock.ts'
import { applicationName } from './application-name.ts'
import { type ConsentKey, consentKey } from './organization-consent.loaders.ts'
import { permissionKeys } from './permission-keys.ts'

const upsert = statement(
  'consent_to_application',
  `insert into organization_consent (organization_id, principal_id, client_id, permission_ids, consented_at)
   select m.organization_id, m.principal_id, $3, $4, $5 from membership m
   where m.organization_id = $1 and m.principal_id = $2 and m.suspended_at is null
   on conflict (organization_id, principal_id, client_id)
     do update set permission_ids = excluded.permission_ids, consented_at = excluded.consented_at
   returning client_id`,
)
const remove = statement(
  'revoke_application_consent',
  `delete from organization_consent where organization_id = $1 and principal_id = $2 and client_id = $3
   returning permission_ids as "permissionIds"`,
)

/**
 * Lets somebody else's product do this in an organization, beside what it was let do before; called for who has just
 * been asked. False when they are no active member at this moment.
 */
export async function consentToApplication(tx: Tx, key: ConsentKey, ids: readonly string[]): Promise<boolean> {
  const { organizationId, principalId, clientId } = key
  await tx.enter(organizationId)
  await lockOrganization(tx, organizationId)
  const before = (await tx.load.organizationConsentByKey.load(consentKey(key)))?.permissionIds ?? []
  const after = [...new Set([...before, ...ids])].sort()
  const rows = await tx.rows(upsert, [organizationId, principalId, clientId, after, tx.now])
  if (rows.length === 0) return false
  const added = after.filter(id => !before.includes(id))
  await note(tx, key, { action: 'APPLICATION_CONSENT_GIVEN', removed: [], added })
  return true
}

/**
 * Ends what the viewer let somebody else's product do in an organization, with its refresh tokens there; a trigger ends
 * those, as it does when a membership ends. What was not consented to is no error.
 */
export async function revokeApplicationConsent(tx: Tx, input: { organizationId: string; clientId: string }) {
  const { organizationId, clientId } = input
  const principalId = tx.actorId ?? ''
  const [row] = await tx.rows<{ permissionIds: string[] }>(remove, [organizationId, principalId, clientId])
  const change = { action: 'APPLICATION_CONSENT_REVOKED', removed: row?.permissionIds ?? [], added: [] } as const
  if (row !== undefined) await note(tx, { organizationId, principalId, clientId }, change)
  return { organizationId }
}

interface Change {
  readonly action: 'APPLICATION_CONSENT_GIVEN' | 'APPLICATION_CONSENT_REVOKED'
  /** Ids of permissions. */
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

async function note(tx: Tx, key: ConsentKey, { action, removed, added }: Change): Promise<void> {
  const { organizationId, principalId, clientId } = key
  const keys = await Promise.all([removed, added].map(ids => permissionKeys(tx.load, ids)))
  const [gone = [], given = []] = keys
  const user = await tx.load.principalById.load(principalId)
  const application = {
    field: 'clientId',
    before: null,
    after: `${applicationName(tx.config, clientId)} (${clientId})`,
  }
  tx.record({
    ...{ organizationId, action, target: { type: 'User', id: principalId, label: user?.displayName ?? '' } },
    changes: [application, ...listChange('scopes', gone, given)],
  })
  tx.emit(organizationId, action, { organizationId, principalId, clientId })
}
