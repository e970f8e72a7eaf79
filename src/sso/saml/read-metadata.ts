import type { Services } from '../../context.ts'
import { OutsideRequestError } from '../fetch/outside-request-error.ts'
import { ProviderError } from '../protocol.ts'
import { readMetadata } from './metadata.ts'
import { MetadataError } from './metadata-error.ts'
import { factsOf, type ProviderFacts } from './settings.ts'

/** Reads metadata at its address (SSO-7). @throws ProviderError */
export async function readOutside(
  { fetchOutside, clock }: Pick<Services, 'fetchOutside' | 'clock'>,
  url: string,
): Promise<ProviderFacts> {
  const answer = await fetchOutside(url, {
    headers: { accept: 'application/samlmetadata+xml, application/xml' },
  }).catch(unreachable)
  if (answer.status !== 200)
    throw new ProviderError('DISCOVERY', `There is no metadata at this address: it answers with ${answer.status}.`)
  return factsFrom(new Uint8Array(await answer.arrayBuffer()), clock())
}

function unreachable(error: unknown): never {
  if (error instanceof OutsideRequestError) throw new ProviderError('DISCOVERY', error.message, error.isSuspicious)
  throw new ProviderError('DISCOVERY', 'The server gave no answer that can be used.')
}

/** What metadata says, as it is kept. @throws ProviderError */
export function factsFrom(xml: string | Uint8Array, now: Date): ProviderFacts {
  try {
    return factsOf(readMetadata(xml, now))
  } catch (error) {
    if (!(error instanceof MetadataError)) throw error
    throw new ProviderError('DISCOVERY', error.message, error.isSuspicious)
  }
}
