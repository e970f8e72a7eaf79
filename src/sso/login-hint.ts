import { isUuid } from '../ids.ts'
import { emailKey } from '../users/email.ts'
import { connectorMethod } from './methods.ts'

/** What a `login_hint` says that names a connector: sign in there, without an address having to be typed. */
export interface ConnectorHint {
  readonly connectorId: string
  /** Whom the provider is to ask for; null where that is for the provider to find out. */
  readonly email: string | null
}

/** The `login_hint` that a product sends on to the issuer: the name of the connector, and the address after it. */
export function connectorHint({ connectorId, email }: ConnectorHint): string {
  return `${connectorMethod(connectorId)}${email === null ? '' : `:${email}`}`
}

const UUID_LENGTH = 36

/** Whether a `login_hint` is meant for a connector, whatever else is wrong with it: it is no address to fill in. */
export const namesConnector = (hint: string): boolean => hint.startsWith(connectorMethod(''))

/** The connector that a `login_hint` names; null for any other hint. Whether there is one is not said by it. */
export function readConnectorHint(hint: unknown): ConnectorHint | null {
  const prefix = connectorMethod('')
  if (typeof hint !== 'string' || !namesConnector(hint)) return null
  const [connectorId, rest] = [
    hint.slice(prefix.length, prefix.length + UUID_LENGTH),
    hint.slice(prefix.length + UUID_LENGTH),
  ]
  if (!isUuid(connectorId)) return null
  if (rest === '') return { connectorId, email: null }
  const email = rest.slice(1)
  return rest.startsWith(':') && emailKey(email) !== null ? { connectorId, email } : null
}
