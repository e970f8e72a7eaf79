import { actorOf, anonymous, type Caller } from '../auth/actor.ts'
import { useSsoSetupLink } from '../auth/sso-policy.ts'
import type { Services } from '../context.ts'
import { dateOf, type Instant, statement } from '../db/statement.ts'
import { transaction } from '../db/transaction.ts'
import { RequestError } from '../errors.ts'
import { noteSetupLink, revokeSetupLink } from './close.ts'
import { statusAt } from './sso-setup-link.loaders.ts'

interface Row {
  readonly organizationId: string
  readonly id: string
  readonly label: string
  readonly connectorId: string
  readonly scopes: readonly string[]
  readonly expiresAt: Instant
  readonly finishedAt: Instant | null
  readonly revokedAt: Instant | null
  readonly makerId: string
  readonly makerKind: Caller['kind']
  readonly makerName: string
}

/** A link that is open, and who acts through it. */
export interface OpenSetupLink {
  readonly organizationId: string
  readonly connectorId: string
  readonly expiresAt: Date
  readonly caller: Caller
}

const byHash = statement(
  'sso_setup_link_by_hash',
  `select organization_id as "organizationId", id, label, connector_id as "connectorId", scopes,
     to_json(expires_at) as "expiresAt", to_json(finished_at) as "finishedAt", to_json(revoked_at) as "revokedAt", maker_id as "makerId", maker_kind as "makerKind",
     maker_name as "makerName" from tenantry_sso_setup_link($1)`,
)
const touch = statement(
  'touch_sso_setup_link',
  'update sso_setup_link set last_used_at = $3 where organization_id = $1 and id = $2',
)

/**
 * The link with this hash, if it is open and its maker may still do what it is for; null else, whatever the reason. One
 * whose maker may not is closed for good (SSO-9).
 * @param opens whether somebody comes with the link itself, which the audit log says; not one who came before
 */
export async function useSetupLink(
  services: Services,
  hash: string,
  { ipAddress, opens }: { readonly ipAddress: string | null; readonly opens: boolean },
): Promise<OpenSetupLink | null> {
  const [row] = (await services.pool.query<Row>(byHash.text, [hash])).rows
  if (row === undefined || statusAt(row, services.clock()) !== 'ACTIVE') return null
  const caller = callerOf(row)
  const { organizationId, id, connectorId, expiresAt } = row
  try {
    const refused = await transaction(services, { actor: actorOf(caller, []), ipAddress }, async tx => {
      const verdict = await useSsoSetupLink(tx, organizationId)
      if (verdict !== null) return verdict
      await tx.enter(organizationId)
      await tx.rows(touch, [organizationId, id, tx.now])
      if (opens) noteSetupLink(tx, 'SSO_SETUP_LINK_OPENED', row)
      return null
    })
    if (refused === null) return { organizationId, connectorId, expiresAt: dateOf(expiresAt), caller }
  } catch (error) {
    // The account of the maker is gone, just now.
    if (!(error instanceof RequestError)) throw error
    return null
  }
  await close(services, row)
  return null
}

/** Its maker, as with an organization token for the task alone (TOK-7): no operator, and nobody with an address. */
function callerOf({ organizationId, id, label, connectorId, scopes, makerId, makerKind, makerName }: Row): Caller {
  return {
    ...{ kind: makerKind, id: makerId, displayName: makerName, emailKey: null, isConfiguredOperator: false },
    token: { organizationId, scopes },
    setupLink: { id, label, connectorId },
  }
}

function close(services: Services, { organizationId, id }: Row): Promise<unknown> {
  return transaction(services, { actor: anonymous, ipAddress: null }, async tx => {
    await tx.enter(organizationId)
    await revokeSetupLink(tx, { organizationId, id }, 'its maker may not do this any more')
  })
}
