import { provisions } from '../jit-provisioning/provisioning.ts'
import { type Client, createClient } from '../kit/client.ts'
import { type Connected, type employee, type SsoWorld, signInThrough } from './connectors.ts'

/** Has whoever signs in through the connector first in. */
export async function taking(
  w: SsoWorld,
  { connector }: Pick<Connected, 'connector'>,
  input: object = {},
  place: { readonly id: string } = w.acme,
): Promise<void> {
  const result = await provisions(w.owner, place, { isEnabled: true, ssoConnectorIds: [connector.id], ...input })
  if (result.__typename !== 'UpdateJitProvisioningPayload') throw new Error(`Not set: ${JSON.stringify(result)}`)
}

/** Signs somebody in through the provider: who they are here. */
export async function comes(w: SsoWorld, person: ReturnType<typeof employee>): Promise<Client> {
  w.idp.person = person
  return createClient(w.app, (await signInThrough(w, person.email)).tokens.access_token)
}
