import { randomBytes } from 'node:crypto'
import { mintToken } from '../../secret-token.ts'
import { cut } from '../cut.ts'
import type { Attribute, Connection, Protocol, ProvidedIdentity } from '../protocol.ts'
import { ProviderError } from '../protocol.ts'
import { finishSignIn, type SamlSignIn } from './finish-sign-in.ts'
import { SamlRefusedError } from './saml-refused-error.ts'
import { type SamlSettings, samlConnectorOf } from './settings.ts'
import { startSignIn } from './start-sign-in.ts'

/** SAML 2.0: the request is bound to this sign-in by its ID, which the assertion has to answer. */
export const saml: Protocol<SamlSettings> = {
  async start({ settings, addresses, secret }, { loginHint }) {
    const { token: state } = mintToken()
    // An XML name begins with no digit.
    const requestId = `_${randomBytes(20).toString('hex')}`
    const request = await startSignIn(samlConnectorOf(settings, addresses, secret), {
      ...{ requestId, relayState: state },
      ...(loginHint !== null && { loginHint }),
    })
    const checks = { state, nonce: requestId, verifier: '' }
    const { url } = request
    return request.binding === 'post' ? { ...checks, url, fields: request.fields } : { ...checks, url }
  },
  async finish(connection, { nonce }, answer) {
    return finishFor(connection, nonce, answer)
  },
}

/** Who an answer that nobody asked for is about, if it passes every check but that. @throws ProviderError */
export const finishUnsolicited = (connection: Connection<SamlSettings>, answer: URLSearchParams) =>
  finishFor(connection, null, answer)

/** @param expectedRequestId null for an answer that nobody asked for: whether to take one was asked before */
async function finishFor(
  { settings, addresses, secret, now, claim }: Connection<SamlSettings>,
  expectedRequestId: string | null,
  answer: URLSearchParams,
): Promise<ProvidedIdentity> {
  const [samlResponse, ...others] = answer.getAll('SAMLResponse')
  if (samlResponse === undefined || others.length > 0)
    throw new ProviderError('RESPONSE', 'The provider sent no SAML response, or several.')
  const connector = {
    ...samlConnectorOf(settings, addresses, secret),
    allowsUnsolicited: expectedRequestId === null,
  }
  const input = { samlResponse, expectedRequestId, now, uses: { claim } }
  return identityOf(await finishSignIn(connector, input).catch(refused))
}

function refused(error: unknown): never {
  if (!(error instanceof SamlRefusedError)) throw error
  const step = error.reason === 'STATUS_NOT_SUCCESS' ? 'RESPONSE' : 'TOKENS'
  throw new ProviderError(step, `${error.reason}: ${error.message}`)
}

function identityOf({ identity, nameId, attributes }: SamlSignIn): ProvidedIdentity {
  const named = nameId === null ? [] : [{ name: `NameID (${nameId.format.split(':').at(-1)})`, value: nameId.value }]
  const sent = [...attributes].map(([name, values]) => ({ name, value: values.join(', ') }))
  return {
    ...identity,
    groups: identity.groups.slice(0, 1000),
    attributes: [...named, ...sent].slice(0, 100).map(shown),
  }
}

const shown = ({ name, value }: Attribute): Attribute => ({ name: cut(name, 128), value: cut(value, 1000) })
