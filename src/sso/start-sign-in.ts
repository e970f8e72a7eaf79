import { anonymous } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { readSecret } from './connector-secret.ts'
import { ProviderError } from './protocol.ts'
import { addressesOf, providerOf } from './protocols.ts'
import { realmOf } from './realm.ts'
import { doorOf, keepStarted, sealDetails } from './started.ts'

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
  const { derive, config } = services
  const realm = await realmOf(services, asked.emailKey)
  if (realm?.isUsable !== true || derive === null) return { kind: 'HERE' }
  const found = await transaction(services, system, async tx => {
    await tx.enter(realm.organizationId)
    const connector = await tx.load.ssoConnectorById.load(realm.connectorId)
    return connector === null ? null : { connector, secret: await readSecret(tx, derive, connector) }
  })
  if (found === null) return { kind: 'HERE' }
  const { connector, secret } = found
  try {
    const started = await providerOf(services, connector, secret).start({ loginHint: asked.email })
    const sealed = sealDetails(derive, started, asked.interaction)
    await transaction(services, system, async tx => {
      await tx.enter(realm.organizationId)
      await keepStarted(tx, connector, { state: started.state, sealed, interaction: asked.interaction })
    })
    return { kind: 'THERE', url: doorOf(derive, addressesOf(config.publicUrl, connector.id), started) }
  } catch (error) {
    if (error instanceof ProviderError) return { kind: 'DOWN' }
    throw error
  }
}
