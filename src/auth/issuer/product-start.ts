import type { Config } from '../../config.ts'
import type { Services } from '../../context.ts'
import { usableConnector } from '../../sso/connector-at.ts'
import { type ConnectorHint, connectorHint } from '../../sso/login-hint.ts'
import { emailKey } from '../../users/email.ts'
import { ownIssuer } from '../own-issuer.ts'
import { type Application, developmentApplication } from './applications.ts'

/** What is asked of a product that is to begin a sign-in. */
export interface StartAsked {
  readonly hint: ConnectorHint
  /** Which product; null for the first that has a place for it. */
  readonly clientId: string | null
  /** Where the user wants to arrive in it. */
  readonly targetLinkUri: string | null
}

type Starting = Application & { readonly initiateLoginUri: string }

/** The products of this deployment that begin a sign-in which was asked for elsewhere. */
function startingApplications({ issuer, isDevelopment, publicUrl }: Config): Starting[] {
  if (issuer === null) return []
  const own = issuer.applications
  const all = isDevelopment ? [...own, developmentApplication(publicUrl)] : own
  return all.filter((one): one is Starting => 'initiateLoginUri' in one && one.initiateLoginUri !== undefined)
}

/** Whether any product of this deployment begins a sign-in that was asked for elsewhere. */
export const hasProductStart = (config: Config): boolean => startingApplications(config).length > 0

/**
 * Where a product begins a sign-in with this connector (OpenID Connect Core, section 4): only what a product began can
 * end in it, with a state that it knows. Null where no product has a place for it.
 */
export function productStart(config: Config, { hint, clientId, targetLinkUri }: StartAsked): string | null {
  const found = startingApplications(config).find(one => clientId === null || one.clientId === clientId)
  if (found === undefined) return null
  const url = new URL(found.initiateLoginUri)
  url.searchParams.set('iss', ownIssuer(config).issuer)
  url.searchParams.set('login_hint', connectorHint(hint))
  if (targetLinkUri !== null && isOf(found, targetLinkUri)) url.searchParams.set('target_link_uri', targetLinkUri)
  return url.href
}

/**
 * Where the login URL of a connector leads, asked as OpenID Connect Core, section 4, has it. Null where the connector
 * signs nobody in, is of another provider than the one that is named, or no such product has a place to begin at.
 */
export async function beginAtProduct(
  services: Services,
  connectorId: string,
  asked: URLSearchParams,
): Promise<string | null> {
  const found = await usableConnector(services, connectorId)
  if (found === null) return null
  const { protocol, settings } = found.connector
  const issuer = asked.get('iss')
  if (issuer !== null && issuer !== (protocol === 'OIDC' ? settings.issuer : settings.provider.entityId)) return null
  const email = asked.get('login_hint')
  const hint = { connectorId, email: email !== null && emailKey(email) !== null ? email : null }
  const targetLinkUri = asked.get('target_link_uri')
  return productStart(services.config, { hint, clientId: asked.get('client_id'), targetLinkUri })
}

/** Whether an address is one of the product, as far as its registration tells: what leads elsewhere is left out. */
function isOf({ initiateLoginUri, redirectUris }: Starting, target: string): boolean {
  const url = URL.parse(target)
  if (url === null || target.length > 2048 || url.username !== '' || url.password !== '') return false
  return [initiateLoginUri, ...redirectUris].some(
    uri => /^https?:$/.test(url.protocol) && URL.parse(uri)?.origin === url.origin,
  )
}
