import type { Services } from '../context.ts'
import type { Tx } from '../db/transaction.ts'
import { SsoConfigurationError } from './errors.ts'
import { ProviderError } from './protocol.ts'
import { protocolOf, redirectUriOf } from './protocols.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'
import { noteConnector } from './sso-connector.service.ts'
import { keepStarted, sealDetails } from './started.ts'

interface Begun {
  readonly url: string
  readonly state: string
  readonly sealed: string
  readonly revision: number
}

/** Asks the provider where to send the browser, outside of any transaction. @throws SsoConfigurationError */
export async function beginTest({ derive, fetchOutside, config }: Services, row: SsoConnectorRow): Promise<Begun> {
  const protocol = protocolOf(row.protocol)
  if (derive === null || protocol === null)
    throw new SsoConfigurationError('The issuer of this gateway is off, and nobody signs in here.')
  const redirectUri = redirectUriOf(config.publicUrl, row.id)
  try {
    const started = await protocol.start({ settings: row.settings, redirectUri, fetchOutside }, { loginHint: null })
    const { url, state } = started
    return { url, state, sealed: sealDetails(derive, started, null), revision: row.revision }
  } catch (error) {
    if (error instanceof ProviderError) throw new SsoConfigurationError(error.message)
    throw error
  }
}

/** Keeps the test sign-in that was begun: with the settings of then, and if they change meanwhile it comes to nothing. */
export async function keepTest(tx: Tx, row: SsoConnectorRow, { url, state, sealed, revision }: Begun) {
  await keepStarted(tx, { ...row, revision }, { state, sealed, interaction: null })
  noteConnector(tx, 'SSO_CONNECTOR_TEST_STARTED', row)
  return { url, organizationId: row.organizationId }
}
