import { withinToken } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import { deploymentId } from '../ids.ts'
import type { ConnectorUseRow } from './connector-use.loaders.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'

/** More than anybody runs with one provider. */
const MOST_USES = 100

const insert = statement(
  'share_sso_connector',
  'insert into sso_connector_use (organization_id, connector_id, owner_id) values ($1, $2, $3)',
)
const remove = statement(
  'unshare_sso_connector',
  'delete from sso_connector_use where organization_id = $1 and connector_id = $2',
)

/**
 * Lets another organization use a connector. One that uses it already stays as it is.
 * @throws InvalidInputError
 */
export async function shareSsoConnector(tx: Tx, connector: SsoConnectorRow, organizationId: string) {
  const { id, organizationId: ownerId } = connector
  if (organizationId === ownerId) throw invalid('It is the connector of this very organization.')
  const uses = await tx.load.usesBySsoConnector.load(id)
  if (uses.some(use => use.organizationId === organizationId)) return { ssoConnectorId: id }
  if (uses.length >= MOST_USES) throw invalid(`A connector is used by ${MOST_USES} organizations at most.`)
  const there = await tx.load.ssoConnectorsByOrganization.load(organizationId)
  const most = tx.config.ssoConnectorLimit
  if (there.length >= most) throw invalid(`An organization uses ${most} connectors at most.`)
  await tx.enter('*')
  await tx.rows(insert, [organizationId, id, ownerId])
  noteUse(tx, 'SSO_CONNECTOR_SHARED', connector, await named(tx, organizationId))
  return { ssoConnectorId: id }
}

/** Ends the use of a connector by another organization, with all that it was used for. Who came through it stays. */
export async function unshareSsoConnector(tx: Tx, connector: SsoConnectorRow, use: ConnectorUseRow) {
  await tx.enter('*')
  await tx.rows(remove, [use.organizationId, use.connectorId])
  noteUse(tx, 'SSO_CONNECTOR_UNSHARED', connector, await named(tx, use.organizationId))
  return { ssoConnectorId: connector.id }
}

/**
 * Tells the organizations that use a connector that it goes.
 * @throws RequestError for a token of one organization, where others use the connector
 */
export async function endUses(tx: Tx, connector: SsoConnectorRow): Promise<void> {
  const uses = await tx.load.usesBySsoConnector.load(connector.id)
  const others = uses.map(use => use.organizationId).filter(id => id !== connector.organizationId)
  if (others.length === 0) return
  const beyond = withinToken(tx, deploymentId, 'deployment')
  if (beyond !== null) throw beyond
  await tx.enter('*')
  tx.refresh()
  for (const other of await Promise.all(others.map(id => named(tx, id))))
    noteUse(tx, 'SSO_CONNECTOR_UNSHARED', connector, other)
}

interface Named {
  readonly id: string
  readonly name: string
}

async function named(tx: Tx, id: string): Promise<Named> {
  return { id, name: (await tx.load.organizationById.load(id))?.name ?? '' }
}

/** It stands in the log of both organizations. */
function noteUse(
  tx: Tx,
  action: 'SSO_CONNECTOR_SHARED' | 'SSO_CONNECTOR_UNSHARED',
  { id, name, organizationId: ownerId }: SsoConnectorRow,
  by: Named,
): void {
  for (const organizationId of [ownerId, by.id]) {
    const changes = [{ field: 'organization', before: null, after: by.name }]
    tx.record({ organizationId, action, target: { type: 'SsoConnector', id, label: name }, changes })
    tx.emit(organizationId, action, { organizationId, ssoConnectorId: id, usedByOrganizationId: by.id })
  }
}

function invalid(message: string): InvalidInputError {
  return new InvalidInputError([{ path: ['input', 'organizationId'], message }])
}
