import { randomUUID } from 'node:crypto'
import type * as openid from 'openid-client'
import { type Browser, createBrowser } from '../kit/browser.ts'
import { createClient } from '../kit/client.ts'
import type { TestIssuer } from '../kit/issuer.ts'
import { uuidOf } from '../kit/journal.ts'
import { programOf } from '../kit/program.ts'
import { sql } from '../kit/rows.ts'
import {
  answerIn,
  authorization,
  enterCode,
  type IssuerWorld,
  newAddress,
  tokenRequest,
  webSecret,
} from '../kit/sign-in.ts'

/** What came of asking for a token: `token`, or the error. */
export type Outcome = string
type SignInName = 'two factors' | 'one factor' | 'two hours ago'
/** Where to ask, and with what. */
export interface Place {
  readonly organizationId: string
  readonly signIn: SignInName
  /** The refresh token that somebody else's product got while everything was in order. */
  readonly refreshToken?: string
}

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const multiFactor = 'urn:tenantry:acr:multi-factor'
const outcomeOf = ({ body }: { body: Record<string, unknown> }): Outcome =>
  typeof body.access_token === 'string' ? 'token' : String(body.error)

/** The same user in three browsers, a user of another issuer, and a machine: each can ask for a token anywhere. */
export async function openWays(w: IssuerWorld, foreign: TestIssuer) {
  const email = newAddress()
  const configs = new Map<string, openid.Configuration>()
  for (const [id, secret] of [['spa'], ['third', webSecret], ['stranger', webSecret]] as const)
    configs.set(id, await w.client(id, secret))
  const configOf = (id: string) => configs.get(id) as openid.Configuration

  const lines = new Map<Browser, Promise<unknown>>()
  /** A browser has one session, so that what goes through it goes one after the other, whoever asks meanwhile. */
  function authorize(browser: Browser, ...asked: [clientId: string, parameters: Record<string, string>]) {
    const next = (lines.get(browser) ?? Promise.resolve()).then(() => goThrough(browser, ...asked))
    lines.set(
      browser,
      next.catch(() => undefined),
    )
    return next
  }

  /** Goes to the issuer for this client, says yes where that is asked, and takes what comes. */
  async function goThrough(browser: Browser, clientId: string, parameters: Record<string, string>) {
    const { url, verifier } = await authorization(configOf(clientId), { scope: 'openid', ...parameters })
    const page = await browser.open(url)
    const back = page.html.includes('/consent"') ? await browser.submit(page, '/consent') : page
    const { code, error } = answerIn(back)
    if (code === undefined) return { body: { error } as Record<string, unknown> }
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: callback }
    return tokenRequest(w.issuer, { ...form, ...credentials(clientId) })
  }

  async function signedIn(acr: Record<string, string>): Promise<Browser> {
    const browser = createBrowser(w.origin)
    const { url } = await authorization(configOf('spa'), acr)
    const page = await enterCode(w, browser, await browser.open(url), email)
    if (!page.html.includes('otpauth:') && !page.html.includes('/factor"')) return browser
    const shown = await browser.submit(page, '/set-up', { code: programOf(page)(w.clock()) })
    await browser.submit(shown, '/go-on')
    return browser
  }

  // One after the other: the second factor is set up once, and the sign-in of long ago is one of the same session.
  const browsers = { 'two factors': await signedIn({ acr_values: multiFactor }) } as Record<SignInName, Browser>
  browsers['one factor'] = await signedIn({})
  const start = async (signIn: SignInName) => {
    const { body } = await authorize(browsers[signIn], 'spa', {})
    return { access: String(body.access_token), refresh: String(body.refresh_token) }
  }
  const tokens = { 'two factors': await start('two factors'), 'one factor': await start('one factor') } as Record<
    SignInName,
    { access: string; refresh: string }
  >
  for (const signIn of ['two factors', 'one factor'] as const)
    await authorize(browsers[signIn], 'stranger', { prompt: 'consent' })
  const user = createClient(w.app, tokens['two factors'].access)
  const userId = (await user.query('{ viewer { principal { id } } }')).viewer.principal.id as string

  /** From here on the sign-in with two factors was two hours ago; a new browser cannot use the same code again. */
  async function grow(): Promise<void> {
    const then = Math.floor(Date.now() / 1000) - 7200
    await sql(
      w,
      `update oidc_record set payload = jsonb_set(payload, '{loginTs}', to_jsonb($2::int))
       where model = 'Session' and payload ->> 'accountId' = $1 and payload ->> 'acr' = $3`,
      [uuidOf(userId), then, multiFactor],
    )
    browsers['two hours ago'] = browsers['two factors']
    tokens['two hours ago'] = await start('two hours ago')
  }

  const stranger = { sub: randomUUID(), email: newAddress(), email_verified: true }
  const outside = async (signIn: SignInName) => {
    const minutes = signIn === 'two hours ago' ? 120 : 1
    const amr = signIn === 'one factor' ? ['pwd'] : ['pwd', 'mfa']
    const said = { ...stranger, amr, auth_time: Math.floor(w.clock().getTime() / 1000) - minutes * 60 }
    return foreign.sign(foreign.claims(said))
  }
  const guest = createClient(w.app, await outside('two factors'))
  const guestId = (await guest.query('{ viewer { principal { id } } }')).viewer.principal.id as string
  const machine = await w.machine()
  const applicationId = await machine.id()
  const shown = '... on CreateApplicationSecretPayload { secret }'
  const { secret } = await w.operator.mutate('createApplicationSecret', { applicationId }, shown)

  const exchanged = async (subject: string, organization_id: string) => {
    const subjectType = 'urn:ietf:params:oauth:token-type:access_token'
    const form = { grant_type: exchange, client_id: 'spa', subject_token: subject, subject_token_type: subjectType }
    return outcomeOf(await tokenRequest(w.issuer, { ...form, organization_id }))
  }
  const in_ = ({ organizationId }: Place) => ({ organization_id: uuidOf(organizationId) })

  /** Every way to a token, by the grant type that it is of. */
  const ways: Record<string, Record<string, (place: Place) => Promise<Outcome>>> = {
    authorization_code: {
      'a code': async place => outcomeOf(await authorize(browsers[place.signIn], 'spa', in_(place))),
      'a code of somebody else’s product, with consent': async place =>
        outcomeOf(await authorize(browsers[place.signIn], 'third', { ...in_(place), scope: 'openid member:read' })),
      'a code of somebody else’s product, without consent': async place =>
        outcomeOf(await authorize(browsers[place.signIn], 'stranger', { ...in_(place), prompt: 'none' })),
    },
    refresh_token: {
      'a refresh token': async place => {
        const kept = tokens[place.signIn]
        const form = { grant_type: 'refresh_token', client_id: 'spa', refresh_token: kept.refresh, ...in_(place) }
        const answer = await tokenRequest(w.issuer, form)
        if (answer.status === 200) kept.refresh = String(answer.body.refresh_token)
        return outcomeOf(answer)
      },
      'a refresh token of somebody else’s product': async ({ refreshToken = '', ...place }) => {
        const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...in_(place) }
        return outcomeOf(await tokenRequest(w.issuer, { ...form, ...credentials('third') }))
      },
    },
    [exchange]: {
      'the exchange of another issuer’s token': async place =>
        exchanged(await outside(place.signIn), uuidOf(place.organizationId)),
      'the exchange of an own token': place => exchanged(tokens[place.signIn].access, uuidOf(place.organizationId)),
    },
    client_credentials: {
      'client credentials': async place => {
        const form = { grant_type: 'client_credentials', client_id: machine.clientId, client_secret: secret }
        return outcomeOf(await tokenRequest(w.issuer, { ...form, ...in_(place) }))
      },
    },
  }

  return {
    ways,
    grow,
    people: [userId, guestId] as const,
    applicationId,
    /** Consents for the product of somebody else, and takes its refresh token. */
    async consent(organizationId: string, signIn: SignInName): Promise<string> {
      const scope = 'openid offline_access member:read'
      const asked = { organization_id: uuidOf(organizationId), scope, prompt: 'consent' }
      return String((await authorize(browsers[signIn], 'third', asked)).body.refresh_token)
    },
  }
}

const callback = 'https://app.test/callback'
const credentials = (clientId: string): Record<string, string> =>
  clientId === 'spa' ? { client_id: clientId } : { client_id: clientId, client_secret: webSecret }
