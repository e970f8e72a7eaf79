import { createHmac, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '../kit/client.ts'
import { trusting } from '../kit/foreign.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'
import { uuidOf } from '../kit/journal.ts'
import { type IssuerWorld, issuerWorld, newAddress, signIn, tokenRequest } from '../kit/sign-in.ts'
import { createNotePermissions, serveNotes } from './notes.ts'

let foreign: TestIssuer
let w: IssuerWorld
let notes: Awaited<ReturnType<typeof serveNotes>>
const cleanups: (() => Promise<void>)[] = []
beforeAll(async () => {
  foreign = await startIssuer()
  cleanups.push(foreign.close)
  w = await issuerWorld({ isolated: true, env: trusting(foreign) })
  notes = await serveNotes(w)
  cleanups.push(notes.close)
  const permissionIds = await createNotePermissions(w.operator)
  for (const [name, kind] of [
    ['Author', 'USER'],
    ['Scribe', 'MACHINE'],
  ])
    await w.operator.mutate('createTemplateRole', { name, kind, permissionIds })
})
afterAll(async () => {
  for (const clean of cleanups.reverse()) await clean()
})

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const tokenIn = (answer: { body: Record<string, unknown> }) => String(answer.body.access_token)

/** A new person who writes notes in acme, after their first sign-in. */
async function author(roles = ['Author']) {
  const email = newAddress()
  const { tokens } = await signIn(w, { email })
  const subject = tokens.claims()?.sub ?? ''
  await addMember(Buffer.from(`User:${subject}`).toString('base64url'), roles)
  const refresh = (form: Record<string, string>) =>
    tokenRequest(w.issuer, {
      ...{ grant_type: 'refresh_token', client_id: 'spa', refresh_token: tokens.refresh_token ?? '', ...form },
    })
  return { email, subject, tokens, refresh }
}

async function addMember(userId: string, roles: string[]): Promise<void> {
  const roleIds = await Promise.all(roles.map(role => w.roleId(role)))
  const { __typename } = await w.operator.mutate('addMember', { organizationId: w.acme.id, userId, roleIds })
  expect(__typename).toBe('AddMemberPayload')
}

/** By the authorization code of a sign-in that names the organization. */
async function byCode() {
  const { email, subject } = await author()
  const { tokens } = await signIn(w, { email, parameters: { organization_id: uuidOf(w.acme.id) } })
  return { token: tokens.access_token, subject, clientId: 'spa' }
}

async function byRefresh() {
  const { subject, refresh } = await author()
  return { token: tokenIn(await refresh({ organization_id: uuidOf(w.acme.id) })), subject, clientId: 'spa' }
}

async function byExchange() {
  const claims = { sub: randomUUID(), email: newAddress(), email_verified: true }
  const subjectToken = await foreign.token(claims)
  const { viewer } = await createClient(w.app, subjectToken).query('{ viewer { principal { id } } }')
  await addMember(viewer.principal.id, ['Author'])
  const answer = await tokenRequest(w.issuer, {
    ...{ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', client_id: 'spa' },
    ...{ subject_token: subjectToken, subject_token_type: accessTokenType, organization_id: uuidOf(w.acme.id) },
  })
  return { token: tokenIn(answer), subject: uuidOf(viewer.principal.id), clientId: 'spa' }
}

async function byClientCredentials() {
  const { id, clientId } = (
    await w.operator.mutate(
      'createMachineApplication',
      { name: 'Scribe' },
      '... on CreateMachineApplicationPayload { machineApplication { id clientId } }',
    )
  ).machineApplication
  const { secret } = await w.operator.mutate(
    'createApplicationSecret',
    { applicationId: id },
    '... on CreateApplicationSecretPayload { secret }',
  )
  const roleIds = [await w.roleId('Scribe')]
  await w.operator.mutate('addMachineMember', { organizationId: w.acme.id, applicationId: id, roleIds })
  const answer = await tokenRequest(w.issuer, {
    ...{ grant_type: 'client_credentials', client_id: clientId, client_secret: secret },
    ...{ organization_id: uuidOf(w.acme.id), scope: 'note:read note:write' },
  })
  return { token: tokenIn(answer), subject: clientId, clientId }
}

describe('the example resource server takes an organization token that came', () => {
  test.each([
    ['with the authorization code', byCode],
    ['by a refresh token', byRefresh],
    ['by exchange of a token of another issuer', byExchange],
    ['by client credentials', byClientCredentials],
  ])('%s (TOK-1)', async (_, get) => {
    const { token, ...who } = await get()
    expect(await notes.call(token, w.acme)).toMatchObject({
      status: 200,
      body: { ...who, organizationId: uuidOf(w.acme.id), scopes: expect.arrayContaining(['note:read', 'note:write']) },
    })
    const text = `written by ${who.subject}`
    const written = await notes.call(token, w.acme, 'notes', { method: 'POST', body: text })
    expect(written).toMatchObject({ status: 200, body: { by: who.subject, text } })
    expect((await notes.call(token, w.acme, 'notes')).body).toContainEqual({ by: who.subject, text })
  })
})

/** The claims of a good token, which is shown to be good: what is refused differs from it in one thing. */
async function goodClaims() {
  const organizationId = uuidOf(w.acme.id)
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    ...{ iss: w.issuer, sub: randomUUID(), client_id: 'app', aud: `urn:tenantry:organization:${organizationId}` },
    ...{ organization_id: organizationId, scope: 'note:read', iat: now, exp: now + 600, jti: randomUUID() },
  }
  expect((await notes.call(await w.signer.sign(claims), w.acme, 'notes')).status).toBe(200)
  return claims
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
type Forge = (claims: Awaited<ReturnType<typeof goodClaims>>) => Promise<string> | string
const otherOrganization = randomUUID()

describe('the example resource server refuses, as RFC 6750 says,', () => {
  test.each<[string, Forge, string]>([
    [
      'a token of another organization (TOK-7)',
      claims =>
        w.signer.sign({
          ...claims,
          ...{ aud: `urn:tenantry:organization:${otherOrganization}`, organization_id: otherOrganization },
        }),
      'The token is for another audience',
    ],
    [
      'one of which the audience and the claim name different organizations',
      claims => w.signer.sign({ ...claims, organization_id: otherOrganization }),
      'The token is for another organization',
    ],
    [
      'one that is for several places',
      claims => w.signer.sign({ ...claims, aud: [claims.aud, 'https://other.test'] }),
      'The token is for several places at once',
    ],
    ['one of nobody', ({ sub: _, ...claims }) => w.signer.sign(claims), 'The token is of nobody'],
    [
      'a token for another audience',
      claims => w.signer.sign({ ...claims, aud: 'https://other.test' }),
      'The token is for another audience',
    ],
    ['a token for the gateway', async () => (await author()).tokens.access_token, 'The token is for another audience'],
    [
      'an ID token',
      async () => (await author()).tokens.id_token ?? '',
      'The token is not an organization token of ours',
    ],
    [
      'what is signed well and says that it is no access token',
      claims => w.signer.sign(claims, { typ: 'JWT' }),
      'The token is not an organization token of ours',
    ],
    [
      'a token that has expired',
      claims => w.signer.sign({ ...claims, iat: claims.iat - 900, exp: claims.iat - 300 }),
      'The token has expired',
    ],
    [
      'one that never expires',
      claims => w.signer.sign({ ...claims, exp: undefined }),
      'The token is not an organization token of ours',
    ],
    [
      'a token of another issuer, which uses our name for it (issuer mix-up)',
      claims => foreign.sign(claims),
      'The token is not valid',
    ],
    [
      'one that our keys signed under another name',
      claims => w.signer.sign({ ...claims, iss: foreign.issuer }),
      'The token is not an organization token of ours',
    ],
    [
      'an unsigned token (CVE-2015-9235)',
      claims => `${encoded({ alg: 'none', typ: 'at+jwt' })}.${encoded(claims)}.`,
      'The token is not valid',
    ],
    [
      'one that is signed with the public key as a password (CVE-2016-10555)',
      async claims => {
        const { keys } = (await (await fetch(`${w.origin}/.well-known/jwks.json`)).json()) as {
          keys: { kid: string }[]
        }
        const head = `${encoded({ alg: 'HS256', typ: 'at+jwt', kid: keys[0]?.kid })}.${encoded(claims)}`
        const mac = createHmac('sha256', JSON.stringify(keys[0])).update(head).digest('base64url')
        return `${head}.${mac}`
      },
      'The token is not valid',
    ],
    [
      'one that brings its own key (CVE-2018-0114)',
      async claims => {
        const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
        const header = { alg: 'ES256', typ: 'at+jwt', jwk: await exportJWK(publicKey) }
        return new SignJWT(claims).setProtectedHeader(header).sign(privateKey)
      },
      'The token is not valid',
    ],
    [
      'one that was changed after it was signed',
      async claims => {
        const [head, , signature] = (await w.signer.sign(claims)).split('.')
        return `${head}.${encoded({ ...claims, scope: 'note:read note:write' })}.${signature}`
      },
      'The token is not valid',
    ],
    ['what is no token', () => 'made-up', 'The token is not valid'],
  ])('%s', async (_, forge, description) => {
    const token = await forge(await goodClaims())
    for (const name of ['caller', 'notes'])
      expect(await notes.call(token, w.acme, name)).toEqual({
        status: 401,
        challenge: `Bearer realm="notes", error="invalid_token", error_description="${description}"`,
        body: { error: 'invalid_token', error_description: description },
      })
    expect(notes.failures).toEqual([])
  })

  test('a token without the scope, which it names', async () => {
    const claims = await goodClaims()
    const token = await w.signer.sign(claims)
    expect(await notes.call(token, w.acme, 'notes', { method: 'POST', body: 'x' })).toEqual({
      status: 403,
      challenge:
        'Bearer realm="notes", error="insufficient_scope", error_description="This needs note:write", scope="note:write"',
      body: { error: 'insufficient_scope', error_description: 'This needs note:write', scope: 'note:write' },
    })
    // Whole scopes count, and not what they begin with.
    const near = await w.signer.sign({ ...claims, scope: 'note:reader xnote:read note:read\u00a0' })
    expect((await notes.call(near, w.acme, 'notes')).status).toBe(403)
  })

  test('whoever brings no token, without an error; and a header that is none', async () => {
    const none = { status: 401, challenge: 'Bearer realm="notes"', body: null }
    expect(await notes.call(null, w.acme)).toEqual(none)
    expect(await notes.call(null, w.acme, 'caller', { headers: { authorization: 'Basic YTpi' } })).toEqual(none)
    expect(await notes.call('two words', w.acme)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })

  test('a member without roles, who has a token and may nothing (TOK-2)', async () => {
    const { refresh } = await author([])
    const token = tokenIn(await refresh({ organization_id: uuidOf(w.acme.id) }))
    expect(await notes.call(token, w.acme)).toMatchObject({ status: 200, body: { scopes: [] } })
    expect((await notes.call(token, w.acme, 'notes')).status).toBe(403)
  })
})

test('as an API resource, it takes tokens for its own audience, and tells organizations apart (TOK-3)', async () => {
  const audience = `https://notes.test/${randomUUID()}`
  const made = await w.operator.mutate(
    'createApiResource',
    { audience, name: 'Notes' },
    '... on CreateApiResourcePayload { apiResource { id } }',
  )
  const { permission } = await w.operator.mutate(
    'createPermission',
    { key: 'note:read', description: 'Read notes.', apiResourceId: made.apiResource.id },
    '... on CreatePermissionPayload { permission { id } }',
  )
  await w.operator.mutate('createTemplateRole', { name: 'Reader', kind: 'USER', permissionIds: [permission.id] })
  const api = await serveNotes(w, { audience })
  const { refresh } = await author(['Reader'])
  const token = tokenIn(await refresh({ organization_id: uuidOf(w.acme.id), resource: audience }))
  expect(await api.call(token, w.acme, 'notes')).toMatchObject({ status: 200, body: [] })
  expect(await notes.call(token, w.acme, 'notes')).toMatchObject({ status: 401 })
  const other = await w.organization(w.owner)
  expect(await api.call(token, other, 'notes')).toMatchObject({
    status: 401,
    body: { error_description: 'The token is for another organization' },
  })
  await api.close()
})

test('pages of the named origins may call it, and no others; none may with cookies', async () => {
  const allowed = async (origin: string, method: string) => {
    const url = `${notes.url}/organizations/${uuidOf(w.acme.id)}/notes`
    const { headers } = await fetch(url, { method, headers: { origin } })
    expect(headers.get('vary')).toContain('origin')
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    return headers.get('access-control-allow-origin')
  }
  for (const method of ['OPTIONS', 'GET']) {
    expect(await allowed('https://app.test', method)).toBe('https://app.test')
    for (const origin of ['https://app.test.evil.test', 'http://app.test', 'null'])
      expect(await allowed(origin, method)).toBeNull()
  }
})

test('it lets nobody in while the keys are out of reach', async () => {
  const elsewhere = await serveNotes({ origin: 'http://127.0.0.1:1' })
  const token = await w.signer.sign({ ...(await goodClaims()), iss: 'http://127.0.0.1:1/oidc' })
  expect(await elsewhere.call(token, w.acme)).toMatchObject({ status: 503 })
  expect(elsewhere.failures).toHaveLength(1)
  await elsewhere.close()
})
