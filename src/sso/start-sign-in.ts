import { anonymous } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { ProviderError } from './protocol.ts'
import { protocolOf, redirectUriOf } from './protocols.ts'
import { realmOf } from './realm.ts'
import { keepStarted, sealDetails } from './started.ts'

const system = { actor: anonymous, ipAddress: null }

/** Where an address signs in: at no connector, at this place of a provider, or at one that is out of reach. */
export type Whither =
  | { readonly kind: 'HERE' }
  | { readonly kind: 'THERE'; readonly url: string }
  | { readonly kind: 'DOWN' }

/**
 * Home realm discovery: finds the provider of an address, and starts a sign-in there that leads back to this interaction.
 * It tells whether the domain is served, and nothing of the address.
 */
export async function startSignIn(
  services: Services,
  asked: { readonly email: string; readonly emailKey: string; readonly interaction: string },
): Promise<Whither> {
  const { derive, config, fetchOutside } = services
  const realm = await realmOf(services, asked.emailKey)
  if (realm?.isUsable !== true || derive === null) return { kind: 'HERE' }
  const connector = await transaction(services, system, async tx => {
    await tx.enter(realm.organizationId)
    return tx.load.ssoConnectorById.load(realm.connectorId)
  })
  const protocol = connector === null ? null : protocolOf(connector.protocol)
  if (connector === null || protocol === null) return { kind: 'HERE' }
  const redirectUri = redirectUriOf(config.publicUrl, connector.id)
  try {
    const visit = { settings: connector.settings, redirectUri, fetchOutside }
    const started = await protocol.start(visit, { loginHint: asked.email })
    const sealed = sealDetails(derive, started, asked.interaction)
    await transaction(services, system, async tx => {
      await tx.enter(realm.organizationId)
      await keepStarted(tx, connector, { state: started.state, sealed, interaction: asked.interaction })
    })
    return { kind: 'THERE', url: started.url }
  } catch (error) {
    if (error instanceof ProviderError) return { kind: 'DOWN' }
    throw error
  }
}
