import type { Services } from '../../context.ts'
import { atConnector, isUsable, type Usable, usableConnector } from '../connector-at.ts'
import { noteRefusedAnswer } from '../note-refused-answer.ts'
import { ProviderError } from '../protocol.ts'
import { connectionOf } from '../protocols.ts'
import type { SamlConnectorRow } from '../sso-connector.loaders.ts'
import { noteConnector } from '../sso-connector.service.ts'
import { holdStart } from '../start-limit.ts'
import type { Brought } from '../take-answer.ts'
import { finishUnsolicited } from './saml.ts'

/** What an answer that nobody here asked for leads to. */
export type Unsolicited =
  /** There is nothing here that takes it. */
  | { readonly kind: 'UNKNOWN' }
  | { readonly kind: 'REFUSED' }
  | { readonly kind: 'TOO_MANY'; readonly retryAt: Date }
  /** Its provider has a session of the user: a sign-in begins there, at the product. */
  | { readonly kind: 'TAKEN' }

/**
 * Takes a response that a provider sent without being asked, where the connector allows it: by every check of one that was
 * asked for, and once (SSO-4). It signs nobody in: whoever has one could bring it into the browser of somebody else. It
 * is a reason to begin a sign-in at that provider, which ends in the browser that begins it. What it is sent with
 * (`RelayState`) is not looked at.
 */
export async function takeUnsolicited(
  services: Services,
  { connectorId, answer, ipAddress }: Pick<Brought, 'connectorId' | 'answer' | 'ipAddress'>,
): Promise<Unsolicited> {
  const { derive } = services
  const found = await usableConnector(services, connectorId)
  if (derive === null || found?.connector.protocol !== 'SAML' || !answer.has('SAMLResponse')) return { kind: 'UNKNOWN' }
  // Nobody makes us verify, or fills the audit log of an organization, as often as they like.
  const retryAt = await holdStart(services, derive, { ipAddress, emailKey: null })
  if (retryAt !== null) return { kind: 'TOO_MANY', retryAt }
  const { connector, secret } = found
  const at = { connectorId, ipAddress }
  if (!takes(connector))
    return atConnector(services, at, tx => noteRefusedAnswer(tx, connectorId, 'UNSOLICITED')).then(() => ({
      kind: 'UNKNOWN',
    }))
  const problem = await finishUnsolicited(
    { ...connectionOf(services, connector, secret), settings: connector.settings },
    answer,
  ).then(
    () => null,
    (error: unknown) => {
      if (error instanceof ProviderError) return error.message
      throw error
    },
  )
  // It may have been switched off while this was read.
  const settled = await atConnector(services, at, async (tx, now): Promise<Unsolicited> => {
    if (!takes(now) || !isUsable(now)) return { kind: 'UNKNOWN' }
    if (problem === null) return { kind: 'TAKEN' }
    noteConnector(tx, 'SSO_SIGN_IN_REFUSED', now, [
      { field: 'reason', before: null, after: problem },
      { field: 'startedAt', before: null, after: 'PROVIDER' },
    ])
    return { kind: 'REFUSED' }
  })
  return settled ?? { kind: 'UNKNOWN' }
}

const takes = (connector: Usable['connector']): connector is SamlConnectorRow =>
  connector.protocol === 'SAML' && connector.allowsIdpInitiated
