import { oidc } from './oidc/oidc.ts'
import type { Protocol } from './protocol.ts'
import type { SsoProtocol } from './sso-connector.entity.ts'

/** How each protocol is spoken; null for one that is not. */
export function protocolOf(name: SsoProtocol): Protocol | null {
  return name === 'OIDC' ? oidc : null
}

/** Where the provider of this connector sends browsers back to. */
export const redirectUriOf = (publicUrl: string, connectorId: string) => `${publicUrl}/sso/${connectorId}/callback`
