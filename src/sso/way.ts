import { seal, unseal } from '../auth/issuer/sealed.ts'
import type { DeriveKey } from '../auth/issuer/secret.ts'
import type { ConnectorHint } from './login-hint.ts'

/** The way of one interaction to a provider: what a page of ours leads on with, sealed, so that no address is in its own. */
interface Way extends ConnectorHint {
  readonly interaction: string
}

export const sealWay = (derive: DeriveKey, way: Way): string => seal(JSON.stringify(way), derive('ways elsewhere'))

/** The way that is sealed in an address; null for what we did not seal, and for that of another interaction. */
export function openWay(derive: DeriveKey, sealed: string, interaction: string): Way | null {
  try {
    const way: Way = JSON.parse(unseal(sealed, derive('ways elsewhere')))
    return way.interaction === interaction ? way : null
  } catch {
    return null
  }
}
