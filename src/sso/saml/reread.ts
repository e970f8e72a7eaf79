import type { Services } from '../../context.ts'
import type { Tx } from '../../db/transaction.ts'
import { InvalidInputError } from '../../errors.ts'
import { SsoConfigurationError } from '../errors.ts'
import { ProviderError } from '../protocol.ts'
import type { SamlConnectorRow } from '../sso-connector.loaders.ts'
import { takeMetadata } from '../sso-connector.service.ts'
import { readOutside } from './read-metadata.ts'
import type { ProviderFacts } from './settings.ts'

/** What an address said. */
export interface Reread {
  readonly url: string
  readonly provider: ProviderFacts
}

/** Reads the metadata of a connector at its address. @throws InvalidInputError, SsoConfigurationError */
export async function readAgain(services: Services, { settings }: SamlConnectorRow): Promise<Reread> {
  const url = settings.metadataUrl
  if (url === null) throw invalid('Its metadata has no address. Give its new text with updateSsoConnector.')
  try {
    const provider = await readOutside(services, url)
    refuseOther(settings.provider, provider)
    return { url, provider }
  } catch (error) {
    if (error instanceof ProviderError) throw new SsoConfigurationError(error.message, error.isSuspicious)
    throw error
  }
}

/** Takes what was read, if it is still what the connector is to have. @throws InvalidInputError, SsoConfigurationError */
export async function takeReread(tx: Tx, row: SamlConnectorRow, { url, provider }: Reread): Promise<void> {
  if (row.settings.metadataUrl !== url) throw invalid('Somebody has given other metadata meanwhile.')
  refuseOther(row.settings.provider, provider)
  await takeMetadata(tx, row, provider)
}

/** Who signed in is known by the entity ID: another one would make strangers of all. */
function refuseOther(before: ProviderFacts, after: ProviderFacts): void {
  if (before.entityId !== after.entityId)
    throw new SsoConfigurationError('The metadata is of another provider now: it has another entityID.')
}

function invalid(message: string): InvalidInputError {
  return new InvalidInputError([{ path: ['input', 'ssoConnectorId'], message }])
}
