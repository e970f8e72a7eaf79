import type { GatewayPermission } from '../auth/permissions.ts'
import { standingIn } from '../auth/standing.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import { newId } from '../ids.ts'
import { mintToken } from '../secret-token.ts'
import { SsoConfigurationError } from '../sso/errors.ts'
import { noteSetupLink, revokeSetupLink } from './close.ts'
import { SsoSetupLinkClosedError } from './errors.ts'
import { type SsoSetupLinkRow, statusAt } from './sso-setup-link.loaders.ts'

const DAY = 86_400_000
const USUAL_DAYS = 7
const MOST_DAYS = 14
/** How many can be open at once in an organization. */
const MOST_OPEN = 10

/** What the task needs: of a provider, and to prove a domain where none is proved. */
const task = ['sso:read', 'sso:manage', 'domain:read', 'domain:manage'] as const satisfies GatewayPermission[]

export interface CreateSsoSetupLink {
  organizationId: string
  label: string
  ssoConnectorId?: string | null | undefined
  expiresAt?: Date | null | undefined
}

const insert = statement(
  'insert_sso_setup_link',
  `insert into sso_setup_link (organization_id, id, label, token_hash, connector_id, scopes, created_by, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
)
const countOpen = statement(
  'count_open_sso_setup_links',
  `select count(*)::integer as "open" from sso_setup_link where organization_id = $1
   and revoked_at is null and finished_at is null and expires_at > $2`,
)

/**
 * Makes a link by which whoever has its address connects one provider, in the name of its maker (SSO-9). The token is in
 * the address, once; only its hash is kept.
 * @throws InvalidInputError, SsoConfigurationError where nobody can sign in here
 */
export async function createSsoSetupLink(tx: Tx, input: CreateSsoSetupLink) {
  const { organizationId, label } = input
  if (tx.config.issuer === null)
    throw new SsoConfigurationError('The issuer of this gateway is off, and nobody signs in here.')
  const expiresAt = input.expiresAt ?? new Date(tx.now.getTime() + USUAL_DAYS * DAY)
  refuseExpiry(tx, expiresAt)
  const [there] = await tx.rows<{ open: number }>(countOpen, [organizationId, tx.now])
  if ((there?.open ?? 0) >= MOST_OPEN)
    throw invalid([], `At most ${MOST_OPEN} setup links are open at once: revoke one first.`)
  const connector = await connectorOf(tx, input)

  const [id, { token, hash }] = [newId(tx.now), mintToken()]
  const standing = await standingIn(tx, organizationId)
  const scopes = task.filter(key => standing?.permissions.has(key) === true)
  const kept = [organizationId, id, label, hash, connector?.id ?? newId(tx.now), scopes, tx.actorId, tx.now, expiresAt]
  await tx.rows(insert, kept)
  noteSetupLink(tx, 'SSO_SETUP_LINK_CREATED', { organizationId, id, label }, [
    { field: 'expiresAt', before: null, after: expiresAt.toISOString() },
    ...(connector === null ? [] : [{ field: 'connector', before: null, after: connector.name }]),
  ])
  // After #, where it is sent to no server, kept in no log and passed on to nobody.
  return { ssoSetupLinkId: id, url: `${tx.config.publicUrl}/sso/setup#${token}` }
}

function refuseExpiry(tx: Tx, expiresAt: Date): void {
  if (expiresAt <= tx.now) throw invalid(['expiresAt'], 'This must be in the future.')
  if (expiresAt.getTime() > tx.now.getTime() + MOST_DAYS * DAY)
    throw invalid(['expiresAt'], `This must be at most ${MOST_DAYS} days away.`)
}

/** The connector that the link is for; null for one that is to be made. */
async function connectorOf(tx: Tx, { organizationId, ssoConnectorId }: CreateSsoSetupLink) {
  if (ssoConnectorId == null) return null
  const connector = await tx.load.ssoConnectorById.load(ssoConnectorId)
  if (connector?.organizationId === organizationId) return connector
  throw invalid(['ssoConnectorId'], 'This is no connector of the organization.')
}

/** Closes a link for good; what was done through it stays. @throws SsoSetupLinkClosedError */
export async function revokeSsoSetupLink(tx: Tx, link: SsoSetupLinkRow) {
  const status = statusAt(link, tx.now)
  if (status !== 'ACTIVE') throw new SsoSetupLinkClosedError(status)
  await revokeSetupLink(tx, link, null)
  return { ssoSetupLinkId: link.id }
}

function invalid(path: readonly string[], message: string): InvalidInputError {
  return new InvalidInputError([{ path: ['input', ...path], message }])
}
