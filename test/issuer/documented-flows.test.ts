import { readFile } from 'node:fs/promises'
import { decodeJwt } from 'jose'
import * as openid from 'openid-client'
import { beforeAll, expect, test } from 'vitest'
import type { Browser } from '../kit/browser.ts'
import { uuidOf } from '../kit/journal.ts'
import { ask as askForCode, passkeyWorld, show, withPasskey } from '../kit/passkeys.ts'
import {
  answerIn,
  authorization,
  type IssuerWorld,
  redirectUri,
  signIn,
  tokenRequest,
  webSecret,
} from '../kit/sign-in.ts'

// The table of docs/sign-in.md: every row is sent as it stands there, and answered as it says.

type Fields = Record<string, string>
interface Came {
  /** What was sent, without what shows who the client is. */
  readonly sent: Fields
  /** The fields of the answer: of its JSON, or of the redirect. */
  readonly answer: Record<string, unknown>
}

const page = await readFile(new URL('../../docs/sign-in.md', import.meta.url), 'utf8')
const table = page.split('## Which request has which answer?\n')[1]?.split('\n## ')[0] ?? ''
const codesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
const rows = table
  .split('\n')
  .filter(line => /^\| (?!What|---)/.test(line))
  .map(line => line.slice(1, -1).split('|'))
  .map(([what = '', request = '', parameters = '', answer = '', audience = '']) => ({
    ...{ what: what.trim(), request: codesIn(request)[0] ?? '', parameters: codesIn(parameters) },
    ...{ answer: codesIn(answer), audience: codesIn(audience)[0] },
  }))

const api = 'https://billing.people.test'
const exchangeType = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
let w: IssuerWorld
/** Somebody is signed in there, who is a member. */
let browser: Browser
let organizationId: string
let machine: Fields

beforeAll(async () => {
  w = await passkeyWorld({ isolated: true })
  organizationId = uuidOf(w.acme.id)
  const member = await signIn(w)
  browser = member.browser
  const userId = Buffer.from(`User:${member.tokens.claims()?.sub}`).toString('base64url')
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId, roleIds: [await w.roleId('Admin')] })
  await w.operator.mutate('createApiResource', { audience: api, name: 'Billing' })
  const robot = await w.machine()
  const applicationId = await robot.id()
  const roleIds = [await w.acme.customRole(['member:read'], { kind: 'MACHINE' })]
  await w.operator.mutate('addMachineMember', { organizationId: w.acme.id, applicationId, roleIds })
  const shown = '... on CreateApplicationSecretPayload { secret }'
  const { secret } = await w.operator.mutate('createApplicationSecret', { applicationId }, shown)
  machine = { client_id: robot.clientId, client_secret: secret }
}, 60_000)

const credentialsOf = (clientId: 'spa' | 'web'): Fields =>
  clientId === 'spa' ? { client_id: 'spa' } : { client_id: 'web', client_secret: webSecret }

/** Goes to the issuer with these parameters, and through its pages. */
async function authorize(clientId: string, parameters: Fields) {
  const config = await w.client(clientId, clientId === 'spa' ? undefined : webSecret)
  const { url, verifier } = await authorization(config, parameters)
  const shown = await browser.open(url)
  const back = shown.html.includes('/consent"') ? await browser.submit(shown, '/consent') : shown
  const { client_id: _, ...sent } = Object.fromEntries(url.searchParams)
  return { sent, answer: answerIn(back), verifier }
}

async function token(form: Fields, client: Fields = { client_id: 'spa' }): Promise<Came> {
  const { status, body } = await tokenRequest(w.issuer, { ...form, ...client })
  expect({ status, error: body.error_description }).toEqual({ status: 200 })
  return { sent: form, answer: body }
}

async function code(parameters: Fields, clientId: 'spa' | 'web' = 'spa'): Promise<Came> {
  const { answer, verifier } = await authorize(clientId, { scope: 'openid', ...parameters })
  const proof = { code: String(answer.code), code_verifier: verifier, redirect_uri: redirectUri }
  return token({ grant_type: 'authorization_code', ...proof }, credentialsOf(clientId))
}

async function refresh(form: Fields): Promise<Came> {
  const { answer } = await code({ scope: 'openid profile email' })
  return token({ grant_type: 'refresh_token', refresh_token: String(answer.refresh_token), ...form })
}

async function post(path: string, form: Fields): Promise<Came> {
  const body = new URLSearchParams({ ...form, ...credentialsOf('web') })
  const response = await fetch(w.issuer + path, { method: 'POST', body })
  expect(response.ok).toBe(true)
  const text = await response.text()
  return { sent: form, answer: text === '' ? {} : JSON.parse(text) }
}

const refreshTokenOfWeb = async () => String((await code({}, 'web')).answer.refresh_token)

const flows: Record<string, () => Promise<Came>> = {
  'Sign in': () => authorize('spa', {}),
  '... for an organization': () => authorize('spa', { organization_id: organizationId }),
  '... for an API, in an organization': () => authorize('spa', { organization_id: organizationId, resource: api }),
  '... with two factors': async () => {
    const other = await withPasskey(w)
    const acr = { acr_values: 'urn:tenantry:acr:multi-factor', prompt: 'login' }
    const { page: asked } = await askForCode(w, other.browser, acr)
    return { sent: acr, answer: answerIn(await show(other.browser, asked, other.authenticator)) }
  },
  '... to somebody else’s product': () =>
    authorize('third', {
      organization_id: organizationId,
      scope: 'openid offline_access member:read',
      prompt: 'consent',
    }),
  '... by a pushed request': async () => {
    const { url } = await authorization(await w.client('web', webSecret))
    const { client_id: _, ...form } = Object.fromEntries(url.searchParams)
    const pushed = await post('/request', form)
    const short = new URLSearchParams({ client_id: 'web', request_uri: String(pushed.answer.request_uri) })
    expect(answerIn(await browser.open(`${w.issuer}/auth?${short}`))).toMatchObject({ code: expect.any(String) })
    return pushed
  },
  Code: () => code({}),
  '... of a sign-in for an organization': () => code({ organization_id: organizationId }),
  '... of a sign-in for an API': () => code({ organization_id: organizationId, resource: api }),
  Refresh: () => refresh({}),
  '... for another organization': () => refresh({ organization_id: organizationId, scope: 'member:read' }),
  '... for another API': () => refresh({ organization_id: organizationId, resource: api }),
  '... for the userinfo endpoint': () => refresh({ resource: `${w.issuer}/me` }),
  Machine: () => token({ grant_type: 'client_credentials' }, machine),
  '... in an organization': () =>
    token({ grant_type: 'client_credentials', organization_id: organizationId, scope: 'member:read' }, machine),
  Exchange: async () => {
    const { answer } = await code({})
    const subject = { subject_token: String(answer.access_token), subject_token_type: accessTokenType }
    return token({ grant_type: exchangeType, ...subject, organization_id: organizationId, scope: 'member:read' })
  },
  'Who is it': async () => {
    const { answer } = await refresh({ resource: `${w.issuer}/me` })
    const headers = { authorization: `Bearer ${answer.access_token}` }
    return { sent: {}, answer: (await (await fetch(`${w.issuer}/me`, { headers })).json()) as Fields }
  },
  'Is it good': async () => post('/token/introspection', { token: await refreshTokenOfWeb() }),
  'Is it good, when it is not': async () => post('/token/introspection', { token: 'x' }),
  'Take back': async () => post('/token/revocation', { token: await refreshTokenOfWeb() }),
  'Sign out': async () => {
    const { config, browser: own, tokens } = await signIn(w)
    const url = openid.buildEndSessionUrl(config, {
      ...{ id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: 'https://app.test/', state: 'bye' },
    })
    const back = await own.submit(await own.open(url), '/session/end/confirm', { logout: 'yes' })
    const { client_id: _, ...sent } = Object.fromEntries(url.searchParams)
    return { sent, answer: answerIn(back) }
  },
}

test('every request of the table is one of these, and the other way around', () => {
  expect(rows.map(row => row.what)).toEqual(['Discovery', ...Object.keys(flows)])
})

test.each(rows.filter(row => row.what !== 'Discovery'))('$what: what is sent, and what comes (TOK-1)', async row => {
  const came = await flows[row.what]?.()
  const named = row.parameters.map(parameter => parameter.split('='))
  const isFirst = row.what.startsWith('...') || named.length === 0
  const sent = Object.keys(came?.sent ?? {})
  // A row below another names what is there beside its parameters.
  if (isFirst) expect(sent).toEqual(expect.arrayContaining(named.map(([name]) => name)))
  else expect(sent.sort()).toEqual(named.map(([name]) => name).sort())
  for (const [name = '', value] of named)
    if (value !== undefined)
      expect(came?.sent[name]?.replace(w.origin, 'PUBLIC_URL')).toContain(value.replace(' …', ''))
  expect(Object.keys(came?.answer ?? {}).sort()).toEqual([...row.answer].sort())
  const { access_token: accessToken } = came?.answer ?? {}
  const audience = row.audience?.replace('PUBLIC_URL', w.origin).replace('<UUID>', organizationId)
  if (audience === undefined) return
  expect(decodeJwt(String(accessToken)).aud).toBe(audience === 'its audience' ? api : audience)
})

test('an endpoint of the table is one that discovery names, and each that it names is there', async () => {
  const document = (await (await fetch(`${w.issuer}/.well-known/openid-configuration`)).json()) as Fields
  const endpoints = Object.entries(document).filter(([name]) => name.endsWith('_endpoint') || name === 'jwks_uri')
  const paths = endpoints.map(([, url]) => new URL(url).pathname.replace('/oidc', '')).sort()
  const written = rows.map(row => row.request.split(' ')[1] ?? '').filter(path => !path.startsWith('/.well-known'))
  expect([...new Set([...written, '/jwks'])].sort()).toEqual(paths)
})
