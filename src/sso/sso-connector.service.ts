import type { AuditChange } from '../audit/audit-event.entity.ts'
import { changesOf } from '../audit/changes.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import { newId } from '../ids.ts'
import { endUses } from './connector-use.service.ts'
import { type Draft, refuseMovedSecret } from './draft.ts'
import { serveDomains } from './served-domains.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'

/** More than any organization has providers. */
const MOST = 100

const insert = statement(
  'insert_sso_connector',
  `insert into sso_connector (organization_id, id, name, protocol, settings, encrypted_secret, trusts_email, is_required, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
)
const update = statement(
  'update_sso_connector',
  'update sso_connector set name = $3, is_enabled = $4, is_required = $5 where organization_id = $1 and id = $2',
)
// What was tested were other settings, and what is under way was started under them.
const replaceSettings = statement(
  'replace_sso_settings',
  `update sso_connector set settings = $3, trusts_email = $4, encrypted_secret = coalesce($5, encrypted_secret),
     revision = revision + 1, tested_at = null, last_test = null where organization_id = $1 and id = $2`,
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
}

/**
 * Connects a provider. It is off, and signs nobody in before it is tested and switched on (SSO-1).
 * @throws InvalidInputError, DomainNotVerifiedError
 */
export async function createSsoConnector(tx: Tx, input: CreateSsoConnector, draft: Draft) {
  const { organizationId, name } = input
  const there = await tx.load.ssoConnectorsByOrganization.load(organizationId)
  if (there.length >= MOST)
    throw new InvalidInputError([{ path: ['input'], message: `An organization has ${MOST} connectors at most.` }])
  const id = newId(tx.now)
  const { protocol, settings, encryptedSecret, trustsEmail } = draft
  const kept = [protocol, JSON.stringify(settings), encryptedSecret, trustsEmail, input.isRequired === true]
  await tx.rows(insert, [organizationId, id, name, ...kept, tx.now])
  const domains = await serveDomains(tx, { organizationId, id }, input.emailDomainIds)
  const changes = changesOf({}, { ...toldOf(draft), isRequired: input.isRequired === true })
  noteConnector(tx, 'SSO_CONNECTOR_CREATED', { organizationId, id, name }, [...changes, ...domains])
  return { ssoConnectorId: id }
}

/** Changes what is named. Other settings have to be tested again before anybody signs in with them. */
export async function updateSsoConnector(tx: Tx, input: UpdateSsoConnector, row: SsoConnectorRow, draft: Draft | null) {
  const { organizationId, id, name, isEnabled, isRequired } = row
  // Somebody else may have named another issuer since these were tried.
  if (draft !== null) refuseMovedSecret(row, draft)
  const after = {
    name: input.name ?? name,
    isEnabled: input.isEnabled ?? isEnabled,
    isRequired: input.isRequired ?? isRequired,
  }
  const plain = changesOf({ name, isEnabled, isRequired }, after)
  if (plain.length > 0) await tx.rows(update, [organizationId, id, after.name, after.isEnabled, after.isRequired])
  const settings = draft === null ? [] : settingsChanges(row, draft)
  if (draft !== null && settings.length > 0)
    await tx.rows(replaceSettings, [
      ...[organizationId, id, JSON.stringify(draft.settings), draft.trustsEmail, draft.encryptedSecret],
    ])
  const domains = await serveDomains(tx, row, input.emailDomainIds)
  const changes = [...plain, ...settings, ...domains]
  if (changes.length > 0) noteConnector(tx, 'SSO_CONNECTOR_UPDATED', { ...row, name: after.name }, changes)
  return { ssoConnectorId: id }
}

/** Disconnects a provider, and forgets who signed in through it. The users stay, and so do their memberships. */
export async function deleteSsoConnector(tx: Tx, row: SsoConnectorRow) {
  const { organizationId, id, protocol } = row
  await endUses(tx, row)
  await tx.rows(remove, [organizationId, id])
  noteConnector(tx, 'SSO_CONNECTOR_DELETED', row)
  return { deletedSsoConnectorId: id, organizationId, protocol }
}

type Told = Pick<SsoConnectorRow, 'settings' | 'trustsEmail'>
const toldOf = ({ settings, trustsEmail }: Told) => ({ ...settings, trustsEmail })

function settingsChanges(row: SsoConnectorRow, draft: Draft): AuditChange[] {
  const secret = draft.encryptedSecret === null ? [] : [{ field: 'clientSecret', before: null, after: null }]
  return [...changesOf(toldOf(row), toldOf(draft)), ...secret]
}

type Named = Pick<SsoConnectorRow, 'organizationId' | 'id' | 'name'>

/** The audit entry and the event of what happened to a connector. */
export function noteConnector(
  tx: Tx,
  action: `SSO_CONNECTOR_${'CREATED' | 'UPDATED' | 'DELETED' | 'TEST_STARTED' | 'TESTED'}` | 'SSO_SIGN_IN_REFUSED',
  { organizationId, id, name }: Named,
  changes: readonly AuditChange[] = [],
): void {
  tx.record({ organizationId, action, target: { type: 'SsoConnector', id, label: name }, changes })
  tx.emit(organizationId, action, { organizationId, ssoConnectorId: id })
}
