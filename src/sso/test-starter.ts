import type { Actor, Caller } from '../auth/actor.ts'
import { manageSsoConnector } from '../auth/sso-policy.ts'
import type { Services } from '../context.ts'
import { RequestError } from '../errors.ts'
import { lookAsCaller } from '../organization-tokens/look-as.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'

/** Whoever starts a test sign-in, as is kept of them: without what they may do, which is asked again. */
export function starterOf(actor: Actor): Caller | null {
  if (actor.kind === 'ANONYMOUS') return null
  const { management: _, ...caller } = actor
  return caller
}

/** Whether whoever started a test may still manage the connector; not once their account is gone. */
export async function mayStillManage(
  services: Services,
  starter: Caller,
  connector: SsoConnectorRow,
): Promise<boolean> {
  try {
    return await lookAsCaller(services, starter, async ask => (await manageSsoConnector(ask, connector)) === null)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return false
  }
}
