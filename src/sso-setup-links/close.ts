import { setupLinkOf } from '../auth/actor.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'

interface Closed {
  readonly organizationId: string
  readonly id: string
  readonly label: string
}

const open = 'revoked_at is null and finished_at is null and expires_at > $2'
const returned = 'returning organization_id as "organizationId", id, label'
const revoke = statement(
  'revoke_sso_setup_link',
  `update sso_setup_link set revoked_at = $2 where organization_id = $1 and id = $3 and ${open} ${returned}`,
)
const revokeOf = statement(
  'revoke_sso_setup_links_of',
  `update sso_setup_link set revoked_at = $2 where organization_id = $1 and created_by = any($3::uuid[]) and ${open} ${returned}`,
)
const revokeAllOf = statement(
  'revoke_all_sso_setup_links_of',
  `update sso_setup_link set revoked_at = $2 where created_by = $1 and ${open} ${returned}`,
)
const revokeOfConnector = statement(
  'revoke_sso_setup_links_of_connector',
  `update sso_setup_link set revoked_at = $2 where organization_id = $1 and connector_id = $3 and ${open} ${returned}`,
)
const finish = statement(
  'finish_sso_setup_link',
  `update sso_setup_link set finished_at = $2 where organization_id = $1 and id = $3 and ${open} ${returned}`,
)

/** Closes one link for good, unless it is closed. @param reason null where somebody did it on purpose */
export async function revokeSetupLink(
  tx: Tx,
  { organizationId, id }: { readonly organizationId: string; readonly id: string },
  reason: string | null,
): Promise<void> {
  noteClosed(tx, await tx.rows<Closed>(revoke, [organizationId, tx.now, id]), reason)
}

/** Closes the links of makers who have no say any more (MEM-4, SSO-9). */
export async function revokeSetupLinksOf(
  tx: Tx,
  organizationId: string,
  principalIds: readonly string[],
  reason: string,
): Promise<void> {
  noteClosed(tx, await tx.rows<Closed>(revokeOf, [organizationId, tx.now, principalIds]), reason)
}

/** Closes every link of somebody whose account goes, in whichever organization (MEM-9). */
export async function revokeAllSetupLinksOf(tx: Tx, principalId: string, reason: string): Promise<void> {
  noteClosed(tx, await tx.rows<Closed>(revokeAllOf, [principalId, tx.now]), reason)
}

/** Closes the links that are for a connector that goes: they make no other in its place. */
export async function revokeSetupLinksOfConnector(tx: Tx, organizationId: string, connectorId: string): Promise<void> {
  const closed = await tx.rows<Closed>(revokeOfConnector, [organizationId, tx.now, connectorId])
  noteClosed(tx, closed, 'its connector is gone')
}

/** Ends the link that the caller came through, once what it is for is done; nothing for every other caller. */
export async function finishSetupLink(tx: Tx, organizationId: string): Promise<void> {
  const link = setupLinkOf(tx.actor)
  if (link === undefined) return
  const finished = await tx.rows<Closed>(finish, [organizationId, tx.now, link.id])
  for (const one of finished) noteSetupLink(tx, 'SSO_SETUP_LINK_FINISHED', one)
}

function noteClosed(tx: Tx, closed: readonly Closed[], reason: string | null): void {
  const changes = reason === null ? [] : [{ field: 'reason', before: null, after: reason }]
  for (const link of closed) noteSetupLink(tx, 'SSO_SETUP_LINK_REVOKED', link, changes)
}

/** The audit entry and the event of what happened to a link. */
export function noteSetupLink(
  tx: Tx,
  action: `SSO_SETUP_LINK_${'CREATED' | 'OPENED' | 'FINISHED' | 'REVOKED'}`,
  { organizationId, id, label }: Closed,
  changes: readonly { field: string; before: null; after: string | null }[] = [],
): void {
  tx.record({ organizationId, action, target: { type: 'SsoSetupLink', id, label }, changes })
  tx.emit(organizationId, action, { organizationId, ssoSetupLinkId: id })
}
