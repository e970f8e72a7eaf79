import type { AuditChange } from '../audit/audit-event.entity.ts'
import { changesOf } from '../audit/changes.ts'
import { setupLinkOf } from '../auth/actor.ts'
import { forgetConnector } from '../auth/issuer/adapter.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import { newId } from '../ids.ts'
import { type MembersFate, settleProvisioned } from '../members/provisioned.ts'
import { finishSetupLink, revokeSetupLinksOfConnector } from '../sso-setup-links/close.ts'
import { endUses } from './connector-use.service.ts'
import { type Draft, refuseMisfit } from './draft.ts'
import { refuseLockout } from './require.ts'
import { isRotation, nextLookAt } from './saml/rotation.ts'
import type { ProviderFacts, SamlSettings } from './saml/settings.ts'
import { serveDomains } from './served-domains.ts'
import type { OidcConnectorRow, SamlConnectorRow, SsoConnectorRow } from './sso-connector.loaders.ts'

const insert = statement(
  'insert_sso_connector',
  `insert into sso_connector (organization_id, id, name, protocol, settings, encrypted_secret, trusts_email, created_at,
     metadata_read_at, next_check_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
)
const update = statement(
  'update_sso_connector',
  `update sso_connector set name = $3, is_enabled = $4, is_required = $5, allows_idp_initiated = $6
   where organization_id = $1 and id = $2`,
)
// What was tested were other settings, and what is under way was started under them.
const replaceSettings = statement(
  'replace_sso_settings',
  `update sso_connector set settings = $3, trusts_email = $4, encrypted_secret = coalesce($5, encrypted_secret),
     revision = revision + 1, tested_at = null, last_test = null, metadata_read_at = $6, metadata_problem = null where organization_id = $1 and id = $2`,
)
// The provider is the one that was tested, with other certificates.
const replaceMetadata = statement(
  'replace_saml_metadata',
  `update sso_connector set settings = $3, metadata_read_at = $4, metadata_problem = null
   where organization_id = $1 and id = $2`,
)
const remove = statement('delete_sso_connector', 'delete from sso_connector where organization_id = $1 and id = $2')

export interface CreateSsoConnector {
  organizationId: string
  name: string
  emailDomainIds?: readonly string[] | null | undefined
  isRequired?: boolean | null | undefined
}
export interface UpdateSsoConnector {
  name?: string | null | undefined
  emailDomainIds?: readonly string[] | null | undefined
  isEnabled?: boolean | null | undefined
  isRequired?: boolean | null | undefined
  allowsIdpInitiated?: boolean | null | undefined
}

/**
 * Connects a provider. It is off, and signs nobody in before it is tested and switched on (SSO-1).
 * @throws InvalidInputError, DomainNotVerifiedError, SsoLockoutError
 */
export async function createSsoConnector(tx: Tx, input: CreateSsoConnector, draft: Draft) {
  const { organizationId, name } = input
  const there = await tx.load.ssoConnectorsByOrganization.load(organizationId)
  const most = tx.config.ssoConnectorLimit
  if (there.length >= most)
    throw new InvalidInputError([{ path: ['input'], message: `An organization has ${most} connectors at most.` }])
  await refuseLockout(tx, null, { isEnabled: false, isRequired: input.isRequired === true, isTested: false })
  const id = await idOfNew(tx)
  const { protocol, settings, encryptedSecret, trustsEmail } = draft
  const kept = [protocol, JSON.stringify(settings), encryptedSecret, trustsEmail]
  const looks = protocol === 'SAML' ? [tx.now, nextLookAt(tx.now)] : [null, null]
  await tx.rows(insert, [organizationId, id, name, ...kept, tx.now, ...looks])
  const domains = await serveDomains(tx, { organizationId, id }, input.emailDomainIds)
  const changes = changesOf({}, toldOf(draft))
  noteConnector(tx, 'SSO_CONNECTOR_CREATED', { organizationId, id, name }, [...changes, ...domains])
  return { ssoConnectorId: id }
}

/** A setup link knows the id of its connector before, and makes one alone (SSO-9). */
async function idOfNew(tx: Tx): Promise<string> {
  const link = setupLinkOf(tx.actor)
  if (link === undefined) return newId(tx.now)
  if ((await tx.load.ssoConnectorById.load(link.connectorId)) === null) return link.connectorId
  throw new InvalidInputError([{ path: ['input'], message: 'The connector was made meanwhile: load the page again.' }])
}

/** Changes what is named. Other settings have to be tested again before anybody signs in with them. */
export async function updateSsoConnector(tx: Tx, input: UpdateSsoConnector, row: SsoConnectorRow, draft: Draft | null) {
  const { organizationId, id, name, isEnabled, isRequired } = row
  const allowsIdpInitiated = row.protocol === 'SAML' && row.allowsIdpInitiated
  if (row.protocol !== 'SAML' && input.allowsIdpInitiated === true) throw noSuchStart()
  // Somebody else may have named another issuer since these were tried.
  if (draft !== null) refuseMisfit(row, draft)
  const after = {
    name: input.name ?? name,
    isEnabled: input.isEnabled ?? isEnabled,
    isRequired: input.isRequired ?? isRequired,
    allowsIdpInitiated: input.allowsIdpInitiated ?? allowsIdpInitiated,
  }
  const settings = draft === null ? [] : settingsChanges(row, draft)
  await refuseLockout(tx, row, {
    ...after,
    isTested: row.testedAt !== null && (settings.length === 0 || (draft !== null && isRotation(row, draft))),
  })
  const plain = changesOf({ name, isEnabled, isRequired, allowsIdpInitiated }, after)
  if (plain.length > 0) await tx.rows(update, [organizationId, id, ...Object.values(after)])
  if (draft !== null && settings.length > 0) await keepSettings(tx, row, draft)
  const domains = await serveDomains(tx, row, input.emailDomainIds)
  const changes = [...plain, ...settings, ...domains]
  if (changes.length > 0) noteConnector(tx, 'SSO_CONNECTOR_UPDATED', { ...row, name: after.name }, changes)
  if (input.isEnabled === true && settings.length === 0 && row.testedAt !== null)
    await finishSetupLink(tx, organizationId)
  return { ssoConnectorId: id }
}

function noSuchStart(): InvalidInputError {
  const message = 'OpenID Connect has no such sign-in: have the tile at the provider lead to `loginUrl`.'
  return new InvalidInputError([{ path: ['input', 'allowsIdpInitiated'], message }])
}

/** Has to be tested again, but for certificates that follow others without a break (SSO-8). */
async function keepSettings(tx: Tx, row: SsoConnectorRow, draft: Draft): Promise<void> {
  const { organizationId, id } = row
  const settings = JSON.stringify(draft.settings)
  if (isRotation(row, draft)) return void (await tx.rows(replaceMetadata, [organizationId, id, settings, tx.now]))
  const readAt = draft.protocol === 'SAML' ? tx.now : null
  await tx.rows(replaceSettings, [organizationId, id, settings, draft.trustsEmail, draft.encryptedSecret, readAt])
}

/** Takes what the metadata of a provider says now: whatever it is, what was tested stays so. */
export async function takeMetadata(tx: Tx, row: SamlConnectorRow, provider: ProviderFacts): Promise<void> {
  const settings: SamlSettings = { ...row.settings, provider }
  await tx.rows(replaceMetadata, [row.organizationId, row.id, JSON.stringify(settings), tx.now])
  const changes = changesOf(toldOf(row), toldOf({ ...row, settings }))
  if (changes.length > 0) noteConnector(tx, 'SSO_CONNECTOR_UPDATED', row, changes)
}

/**
 * Disconnects a provider, and forgets who signed in through it; their sessions end. The users stay, and the memberships as
 * it is said.
 * @throws LastOwnerError
 */
export async function deleteSsoConnector(tx: Tx, row: SsoConnectorRow, fate: MembersFate) {
  const { organizationId, id, protocol } = row
  // Before the identities go: they say whose memberships and sessions it is about.
  const came = fate === 'KEEP' ? [] : await tx.load.membersBySsoConnector.load(id)
  const settledMembersCount = await settleProvisioned(tx, organizationId, came, fate)
  await endUses(tx, row)
  await revokeSetupLinksOfConnector(tx, organizationId, id)
  await forgetConnector(tx, organizationId, id)
  await tx.rows(remove, [organizationId, id])
  noteConnector(tx, 'SSO_CONNECTOR_DELETED', row, [{ field: 'members', before: null, after: fate }])
  return { deletedSsoConnectorId: id, organizationId, protocol, settledMembersCount }
}

type Told = Pick<OidcConnectorRow, Which> | Pick<SamlConnectorRow, Which>
type Which = 'protocol' | 'settings' | 'trustsEmail'

function toldOf({ protocol, settings, trustsEmail }: Told): object {
  if (protocol === 'OIDC') return { ...settings, trustsEmail }
  const { provider, ...rest } = settings
  const { certificates, ...facts } = provider
  return { ...rest, ...facts, certificates: certificates.map(({ fingerprint }) => fingerprint), trustsEmail }
}

function settingsChanges(row: SsoConnectorRow, draft: Draft): AuditChange[] {
  const secret =
    draft.protocol === 'SAML' || draft.encryptedSecret === null
      ? []
      : [{ field: 'clientSecret', before: null, after: null }]
  return [...changesOf(toldOf(row), toldOf(draft)), ...secret]
}

type Named = Pick<SsoConnectorRow, 'organizationId' | 'id' | 'name'>

/** The audit entry and the event of what happened to a connector. */
export function noteConnector(
  tx: Tx,
  action:
    | `SSO_CONNECTOR_${'CREATED' | 'UPDATED' | 'DELETED' | 'TEST_STARTED' | 'TESTED'}`
    | 'SSO_CERTIFICATE_EXPIRING'
    | 'SSO_SIGN_IN_REFUSED'
    | 'SSO_BREAK_GLASS_USED',
  { organizationId, id, name }: Named,
  changes: readonly AuditChange[] = [],
): void {
  tx.record({ organizationId, action, target: { type: 'SsoConnector', id, label: name }, changes })
  tx.emit(organizationId, action, { organizationId, ssoConnectorId: id })
}
