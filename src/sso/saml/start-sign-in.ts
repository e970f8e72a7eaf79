import { SAML } from '@node-saml/node-saml'
import type { SamlConnector } from './connector.ts'

export interface StartSignIn {
  /** By which the answer is known: random, an XML name (`_` and hexadecimal digits), kept until the answer comes. */
  readonly requestId: string
  /** Comes back with the answer as it is. At most 80 bytes (bindings, section 3.4.3). */
  readonly relayState: string
  /** The address that the user has typed, for providers that fill it in. */
  readonly loginHint?: string
}

/** How the browser is sent: by a redirect, or by a form that posts these fields. */
export type SignInRequest =
  | { readonly binding: 'redirect'; readonly url: string }
  | { readonly binding: 'post'; readonly url: string; readonly fields: Readonly<Record<string, string>> }

/**
 * The request that sends a browser to the identity provider. No class of authentication is asked for: providers refuse
 * users who signed in by another one, also by a better one. The request bears the time of this machine.
 */
export async function startSignIn(connector: SamlConnector, input: StartSignIn): Promise<SignInRequest> {
  const { serviceProvider, identityProvider } = connector
  const { requestId, relayState, loginHint } = input
  const isForm = identityProvider.signInBinding === 'post'
  const saml = new SAML({
    entryPoint: identityProvider.signInUrl,
    idpCert: [...identityProvider.certificates],
    issuer: serviceProvider.entityId,
    callbackUrl: serviceProvider.acsUrl,
    generateUniqueId: () => requestId,
    identifierFormat: null,
    disableRequestedAuthnContext: true,
    // What is compressed in an address is not in a form (bindings, sections 3.4.4 and 3.5.4).
    skipRequestCompression: isForm,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    ...(serviceProvider.signing === null ? {} : { privateKey: serviceProvider.signing.privateKey }),
  })
  const hint = loginHint === undefined ? {} : { additionalParams: { login_hint: loginHint } }
  if (!isForm) return { binding: 'redirect', url: await saml.getAuthorizeUrlAsync(relayState, undefined, hint) }
  const message = await saml.getAuthorizeMessageAsync(relayState, undefined, hint)
  const fields = Object.fromEntries(Object.entries(message).map(([name, value]) => [name, String(value)]))
  return { binding: 'post', url: identityProvider.signInUrl, fields }
}
