import { notFound } from '../auth/policy.ts'
import type { Ask } from '../load.ts'
import type { SsoProtocol } from '../sso/sso-connector.entity.ts'
import type { SsoConnectorRow } from '../sso/sso-connector.loaders.ts'
import { decodeNodeId, encodeNodeId, typedIdOf, typedIdsOf } from './ids.ts'

/** The GraphQL type of a connector, by its protocol. */
export const typeNames = { OIDC: 'OidcConnector', SAML: 'SamlConnector' } as const satisfies Record<SsoProtocol, string>

/** The id of a connector: its type is by its protocol. */
export const connectorId = ({ id, protocol }: { readonly id: string; readonly protocol: SsoProtocol }) =>
  encodeNodeId(typeNames[protocol], id)

/** An input field that names a connector; it is read by `findConnector`, and by nothing else. */
export const connectorIdField = { ...typedIdOf('OidcConnector', 'SamlConnector'), required: true as const }
/** As `connectorIdField`, for an optional list; it is read by `findConnectors`. */
export const connectorIdsField = typedIdsOf('OidcConnector', 'SamlConnector')

/** The connector that such an id names; null where there is none, and where it is of another protocol than the id says. */
export async function findConnector({ load }: Pick<Ask, 'load'>, named: string): Promise<SsoConnectorRow | null> {
  const { typename, id } = decodeNodeId(named)
  const row = await load.ssoConnectorById.load(id)
  return row !== null && typeNames[row.protocol] === typename ? row : null
}

/** The UUIDs of the connectors that these ids name. @throws RequestError NOT_FOUND */
export async function findConnectors(
  ask: Pick<Ask, 'load'>,
  named: readonly string[] | null | undefined,
): Promise<string[] | null> {
  if (named == null) return null
  const found = await Promise.all(named.map(one => findConnector(ask, one)))
  return found.map(row => {
    if (row === null) throw notFound('connector')
    return row.id
  })
}
