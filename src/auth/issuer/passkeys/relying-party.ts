import { isIP } from 'node:net'
import type { Config } from '../../../config.ts'

/** What passkeys of this deployment are for: browsers use them at its host alone. */
export interface RelyingParty {
  readonly id: string
  readonly name: string
  readonly origin: string
}

/** Null where PUBLIC_URL has an address in place of a name: browsers make no passkeys for one (WebAuthn, section 5.1.2). */
export function relyingParty({ publicUrl, mail }: Pick<Config, 'publicUrl' | 'mail'>): RelyingParty | null {
  const { hostname, origin } = new URL(publicUrl)
  if (hostname.startsWith('[') || isIP(hostname) !== 0) return null
  return { id: hostname, name: mail?.from.name || 'Tenantry', origin }
}
