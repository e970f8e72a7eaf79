import { anonymous } from '../auth/actor.ts'
import type { DeriveKey } from '../auth/issuer/secret.ts'
import type { Services } from '../context.ts'
import { type Tx, transaction } from '../db/transaction.ts'
import { readSecret } from './connector-secret.ts'
import { SsoConfigurationError } from './errors.ts'
import { ProviderError, type Started } from './protocol.ts'
import { addressesOf, providerOf } from './protocols.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'
import { noteConnector } from './sso-connector.service.ts'
import { doorOf, keepStarted, sealDetails } from './started.ts'
import { starterOf } from './test-starter.ts'

const system = { actor: anonymous, ipAddress: null }

interface Begun {
  readonly url: string
  readonly started: Started
  readonly derive: DeriveKey
  readonly revision: number
}

/** Asks the provider where to send the browser, outside of any transaction. @throws SsoConfigurationError */
export async function beginTest(services: Services, row: SsoConnectorRow): Promise<Begun> {
  const { derive, config } = services
  if (derive === null) throw new SsoConfigurationError('The issuer of this gateway is off, and nobody signs in here.')
  const secret = await transaction(services, system, async tx => {
    await tx.enter(row.organizationId)
    return readSecret(tx, derive, row)
  })
  try {
    const started = await providerOf(services, row, secret, true).start({ loginHint: null })
    const url = doorOf(derive, addressesOf(config.publicUrl, row.id), started)
    return { url, started, derive, revision: row.revision }
  } catch (error) {
    if (error instanceof ProviderError) throw new SsoConfigurationError(error.message, error.isSuspicious)
    throw error
  }
}

/** Keeps the test sign-in that was begun: with the settings of then, and if they change meanwhile it comes to nothing. */
export async function keepTest(tx: Tx, row: SsoConnectorRow, { url, started, derive, revision }: Begun) {
  const sealed = sealDetails(derive, started, { interaction: null, startedBy: starterOf(tx.actor) })
  await keepStarted(tx, { ...row, revision }, { state: started.state, sealed, interaction: null })
  noteConnector(tx, 'SSO_CONNECTOR_TEST_STARTED', row)
  return { url, organizationId: row.organizationId }
}
