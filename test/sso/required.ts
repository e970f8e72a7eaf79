import * as openid from 'openid-client'
import { createAuthenticator } from '../kit/authenticator.ts'
import { createBrowser } from '../kit/browser.ts'
import { createClient, type Loose } from '../kit/client.ts'
import { add, openAccount } from '../kit/passkeys.ts'
import { signIn } from '../kit/sign-in.ts'
import { change, connected, employee, type SsoWorld, signInThrough, ssoWorld } from './connectors.ts'

const userIdOf = (subject: string | undefined) => Buffer.from(`User:${subject}`).toString('base64url')

/** A member of acme who signs in by a code, whose connector serves the address, but does not yet get in its way. */
export async function byCode(w: SsoWorld, connector: Loose, email: string, role?: string) {
  await change(w.owner, connector, { isEnabled: false })
  const signedIn = await signIn(w, { email })
  await change(w.owner, connector, { isEnabled: true })
  const userId = userIdOf(signedIn.tokens.claims()?.sub)
  const membershipId = await join(w, userId, role)
  return { ...signedIn, userId, membershipId, ...createClient(w.app, signedIn.tokens.access_token) }
}

async function join(w: SsoWorld, userId: string, role?: string): Promise<string> {
  const roleIds = role === undefined ? undefined : [await w.roleId(role)]
  const input = { organizationId: w.acme.id, userId, roleIds }
  const added = await w.operator.mutate('addMember', input, '... on AddMemberPayload { membership { id } }')
  return added.membership.id
}

/** An owner of acme who comes through the connector. */
export async function ownerThrough(w: SsoWorld, email: string) {
  w.idp.person = employee(email)
  const { tokens, browser } = await signInThrough(w, email)
  const membershipId = await join(w, userIdOf(tokens.claims()?.sub), 'Owner')
  return { tokens, browser, membershipId, ...createClient(w.app, tokens.access_token) }
}

export const requires = (w: SsoWorld, connector: Loose) => change(w.owner, connector, { isRequired: true })

/** A connector that is required, with an owner who came through it. */
export async function enforced(options: Parameters<typeof ssoWorld>[0] = {}) {
  const w = await ssoWorld(options)
  const { connector, domain } = await connected(w)
  const boss = await ownerThrough(w, `boss@${domain}`)
  return { w, connector, domain, boss, enforce: () => requires(w, connector) }
}

export const refreshed = ({ config, tokens }: { config: openid.Configuration; tokens: { refresh_token?: string } }) =>
  openid.refreshTokenGrant(config, tokens.refresh_token ?? '').then(
    () => 'tokens',
    error => error.error,
  )

/** Adds a passkey to whoever signs in by a code with this address. */
export async function passkeyOf(w: SsoWorld, email: string) {
  const browser = createBrowser(w.origin)
  const authenticator = createAuthenticator(w.origin)
  await add(browser, await openAccount(w, browser, email), authenticator)
  return authenticator
}
