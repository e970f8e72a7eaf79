import { anonymous } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { emailKey } from '../users/email.ts'
import { usableConnector } from './connector-at.ts'
import type { ConnectorHint } from './login-hint.ts'
import { ProviderError } from './protocol.ts'
import { addressesOf, providerOf } from './protocols.ts'
import { holdStart } from './start-limit.ts'
import { doorOf, keepStarted, sealDetails } from './started.ts'

const system = { actor: anonymous, ipAddress: null }

/** Where a sign-in goes: to no connector, to this place of a provider, or to one that is out of reach. */
export type Whither =
  | { readonly kind: 'HERE' }
  | { readonly kind: 'THERE'; readonly url: string }
  | { readonly kind: 'DOWN' }
  | { readonly kind: 'TOO_MANY'; readonly retryAt: Date }

interface Start extends ConnectorHint {
  readonly interaction: string
  readonly ipAddress: string | null
}

/** Starts a sign-in at the provider of a connector, which leads back to this interaction. */
export async function startSignIn(
  services: Services,
  { connectorId, email, interaction, ipAddress }: Start,
): Promise<Whither> {
  const { derive, config } = services
  const found = derive === null ? null : await usableConnector(services, connectorId)
  if (found === null || derive === null) return { kind: 'HERE' }
  const retryAt = await holdStart(services, derive, { ipAddress, emailKey: email === null ? null : emailKey(email) })
  if (retryAt !== null) return { kind: 'TOO_MANY', retryAt }
  const { connector, secret } = found
  try {
    const started = await providerOf(services, connector, secret, false).start({ loginHint: email })
    const sealed = sealDetails(derive, started, { interaction, startedBy: null })
    await transaction(services, system, async tx => {
      await tx.enter(connector.organizationId)
      await keepStarted(tx, connector, { state: started.state, sealed, interaction })
    })
    return { kind: 'THERE', url: doorOf(derive, addressesOf(config.publicUrl, connector.id), started) }
  } catch (error) {
    if (error instanceof ProviderError) return { kind: 'DOWN' }
    throw error
  }
}
