import { randomUUID } from 'node:crypto'
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import * as openid from 'openid-client'
import { describe, expect, test } from 'vitest'
import { createBrowser } from '../kit/browser.ts'
import { createClient } from '../kit/client.ts'
import { trusting } from '../kit/foreign.ts'
import { startIssuer } from '../kit/issuer.ts'
import { uuidOf } from '../kit/journal.ts'
import {
  authorization,
  enterCode,
  type IssuerWorld,
  issuerWorld,
  newAddress,
  redirectUri,
  signIn,
  tokenRequest,
} from '../kit/sign-in.ts'

const exchangeType = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const denied = { error: 'access_denied', error_description: expect.stringContaining('no such organization') }

async function memberOf(w: IssuerWorld, parameters: Record<string, string> = {}, roles = ['Admin']) {
  const email = newAddress()
  const first = await signIn(w, { email })
  const subject = first.tokens.claims()?.sub ?? ''
  const userId = Buffer.from(`User:${subject}`).toString('base64url')
  const roleIds = await Promise.all(roles.map(role => w.roleId(role)))
  const input = { organizationId: w.acme.id, userId, roleIds }
  const made = await w.operator.mutate('addMember', input, '... on AddMemberPayload { membership { id } }')
  const signedIn = Object.keys(parameters).length === 0 ? first : await signIn(w, { email, parameters })
  const refresh = (form: Record<string, string>, token = signedIn.tokens.refresh_token ?? '') =>
    tokenRequest(w.issuer, { grant_type: 'refresh_token', client_id: 'spa', refresh_token: token, ...form })
  return { ...signedIn, subject, membershipId: made.membership.id as string, refresh }
}
const payloadOf = (body: Record<string, unknown>) => decodeJwt(String(body.access_token))

async function machine(w: IssuerWorld, roles: string[] = []) {
  const selection = '... on CreateMachineApplicationPayload { machineApplication { id clientId } }'
  const { machineApplication } = await w.operator.mutate('createMachineApplication', { name: 'Sync' }, selection)
  const { id, clientId } = machineApplication
  const shown = '... on CreateApplicationSecretPayload { secret applicationSecret { id } }'
  const newSecret = async () => {
    const made = await w.operator.mutate('createApplicationSecret', { applicationId: id }, shown)
    return { secret: made.secret as string, secretId: made.applicationSecret.id as string }
  }
  const roleIds = await Promise.all(roles.map(async name => w.acme.customRole([name], { kind: 'MACHINE' })))
  await w.operator.mutate('addMachineMember', { organizationId: w.acme.id, applicationId: id, roleIds })
  const ask = (secret: string, form: Record<string, string> = {}) =>
    tokenRequest(w.issuer, { grant_type: 'client_credentials', client_id: clientId, client_secret: secret, ...form })
  return { id, clientId, newSecret, ask }
}

describe('an organization token comes', () => {
  test('with the sign-in that names the organization, by slug or id (TOK-1)', async () => {
    const w = await issuerWorld()
    const id = uuidOf(w.acme.id)
    for (const parameters of [
      { organization: w.acme.slug },
      { organization_id: id },
      { resource: `urn:tenantry:organization:${id}` },
    ]) {
      const { tokens, subject } = await memberOf(w, parameters)
      const token = decodeJwt(tokens.access_token)
      expect(token).toMatchObject({
        ...{ iss: w.issuer, aud: `urn:tenantry:organization:${id}`, sub: subject, client_id: 'spa' },
        ...{ organization_id: id, organization_slug: w.acme.slug, amr: ['otp', 'email'] },
        jti: expect.any(String),
      })
      expect((token.exp ?? 0) - (token.iat ?? 0)).toBe(600)
      expect(String(token.scope).split(' ')).toContain('member:read')
      const client = createClient(w.app, tokens.access_token)
      const { organization } = await client.query('query($id: ID!) { organization(by: { id: $id }) { name } }', {
        id: w.acme.id,
      })
      expect(organization).not.toBeNull()
    }
  })

  test('by a refresh token, also one that was for the gateway, and back again', async () => {
    const w = await issuerWorld()
    const { refresh } = await memberOf(w)
    const first = await refresh({ organization_id: uuidOf(w.acme.id) })
    expect(payloadOf(first.body)).toMatchObject({ organization_slug: w.acme.slug })
    expect(first.body.scope).toBe(payloadOf(first.body).scope)
    const second = await refresh({}, String(first.body.refresh_token))
    expect(payloadOf(second.body)).toMatchObject({ aud: `${w.origin}/graphql` })
  })

  test('with what was asked for, cut to what is held; beyond it is dropped silently (TOK-2)', async () => {
    const w = await issuerWorld()
    const { refresh } = await memberOf(w)
    const asked = await refresh({ organization: w.acme.slug, scope: 'member:read no:such organization:delete' })
    expect(payloadOf(asked.body).scope).toBe('member:read')
    expect(asked.body.scope).toBe('member:read')
  })

  test('never with more than the sign-in asked for, where that named permissions (RFC 6749, section 6)', async () => {
    const w = await issuerWorld()
    const { tokens, refresh } = await memberOf(w, { organization: w.acme.slug, scope: 'openid member:read' })
    expect(decodeJwt(tokens.access_token).scope).toBe('member:read')
    const wider = await refresh({ organization: w.acme.slug, scope: 'member:read member:invite invitation:create' })
    expect(payloadOf(wider.body).scope).toBe('member:read')
    // Nor where the sign-in was for no organization.
    const other = await memberOf(w, { scope: 'openid member:read' })
    expect(payloadOf((await other.refresh({ organization: w.acme.slug })).body).scope).toBe('member:read')
  })

  test('with an empty scope to a member without roles (TOK-2)', async () => {
    const w = await issuerWorld()
    const { refresh } = await memberOf(w, {}, [])
    expect(payloadOf((await refresh({ organization: w.acme.slug })).body).scope).toBe('')
  })

  test('with the names of the roles, if that was asked for', async () => {
    const w = await issuerWorld()
    const { tokens } = await memberOf(w, { organization: w.acme.slug, scope: 'openid organization_roles' })
    expect(decodeJwt(tokens.access_token).organization_roles).toEqual(['Admin'])
  })

  test('to a machine, with the permissions that it names and no others (TOK-2)', async () => {
    const w = await issuerWorld()
    const { clientId, newSecret, ask } = await machine(w, ['member:read'])
    const { secret } = await newSecret()
    const named = await ask(secret, { organization: w.acme.slug, scope: 'member:read member:invite' })
    expect(payloadOf(named.body)).toMatchObject({ sub: clientId, client_id: clientId, scope: 'member:read' })
    expect(payloadOf((await ask(secret, { organization: w.acme.slug })).body).scope).toBe('')
    const gateway = await ask(secret)
    expect(payloadOf(gateway.body)).toMatchObject({ aud: `${w.origin}/graphql`, sub: clientId })
    const answer = await createClient(w.app, String(gateway.body.access_token)).send('{ viewer { principal { id } } }')
    expect(answer.status).toBe(200)
  })

  test('to a machine that signs with its key (RFC 7523)', async () => {
    const w = await issuerWorld()
    const { id, clientId } = await machine(w)
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const key = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }
    const set = await w.operator.mutate('setApplicationKeys', { applicationId: id, jwks: { keys: [key] } })
    expect(set.__typename).toBe('SetApplicationKeysPayload')
    const assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(w.issuer)
      .setIssuedAt()
      .setExpirationTime('1 minute')
      .sign(privateKey)
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }
    expect((await tokenRequest(w.issuer, form)).status).toBe(200)
    // Once (RFC 7523, section 3).
    expect((await tokenRequest(w.issuer, form)).status).toBe(401)
  })

  test('by exchange of a token of a trusted issuer, whose user comes into being', async () => {
    const foreign = await startIssuer()
    const w = await issuerWorld({ isolated: true, env: trusting(foreign) })
    // It is for this gateway alone to say that a sign-in went through a connector (SSO-2).
    const amr = ['pwd', 'sso', 'urn:tenantry:connector:0196f7a0-0000-7000-8000-000000000000']
    const subject = await foreign.token({ sub: 'ada', email: 'ada@people.test', email_verified: true, amr })
    const ask = (form = {}) =>
      tokenRequest(w.issuer, {
        ...{ grant_type: exchangeType, client_id: 'spa', subject_token: subject, subject_token_type: accessTokenType },
        ...{ organization: w.acme.slug, ...form },
      })
    expect(await ask()).toMatchObject({ status: 400, body: denied })
    const id = (await createClient(w.app, subject).query('{ viewer { principal { id } } }')).viewer.principal.id
    const roleIds = [await w.roleId('Admin')]
    await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: id, roleIds })
    const { body } = await ask({ scope: 'member:read' })
    expect(body).toMatchObject({ issued_token_type: accessTokenType, token_type: 'Bearer', scope: 'member:read' })
    expect(payloadOf(body)).toMatchObject({ sub: uuidOf(id), organization_slug: w.acme.slug, amr: ['pwd'] })
    expect(body.refresh_token).toBeUndefined()
    await foreign.close()
  })
})

test('how long ago a sign-in at another issuer was, is known from auth_time alone (TOK-5)', async () => {
  const foreign = await startIssuer()
  const w = await issuerWorld({ isolated: true, env: trusting(foreign) })
  const claims = { sub: 'ada', email: 'ada@people.test', email_verified: true }
  const id = (await createClient(w.app, await foreign.token(claims)).query('{ viewer { principal { id } } }')).viewer
    .principal.id
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: id, roleIds: [await w.roleId('Admin')] })
  await w.owner.mutate('updateSignInPolicy', { organizationId: w.acme.id, maxSessionMinutes: 60 })
  const ask = async (more: object) => {
    const subject = await foreign.token({ ...claims, ...more })
    const form = { grant_type: exchangeType, client_id: 'spa', subject_token: subject, organization: w.acme.slug }
    return tokenRequest(w.issuer, { ...form, subject_token_type: accessTokenType })
  }
  const now = Math.floor(w.clock().getTime() / 1000)
  // Just issued, perhaps by a refresh: of the sign-in that says nothing.
  expect((await ask({})).body).toMatchObject({ error: 'login_required' })
  expect((await ask({ auth_time: now - 7200 })).body).toMatchObject({ error: 'login_required' })
  const { body } = await ask({ auth_time: now - 60 })
  expect(payloadOf(body)).toMatchObject({ auth_time: now - 60 })
  await foreign.close()
})

describe('nothing comes', () => {
  test('of an organization that is unknown, foreign or deleted, or where the member is suspended; all alike (TOK-4)', async () => {
    const w = await issuerWorld()
    const { refresh, membershipId } = await memberOf(w)
    const other = await w.organization(w.owner)
    const gone = await w.organization(w.owner)
    await w.owner.mutate('deleteOrganization', { organizationId: gone.id })
    await w.owner.mutate('suspendMember', { membershipId })
    const bodies: unknown[] = []
    for (const organization of ['no-such-one', other.slug, gone.slug, w.acme.slug]) {
      const { status, body } = await refresh({ organization })
      expect(status).toBe(400)
      bodies.push(body)
    }
    for (const body of bodies) expect(body).toEqual(bodies[0])
    expect(bodies[0]).toMatchObject(denied)
    // The refresh token is none the worse for it.
    expect((await refresh({})).status).toBe(200)
  })

  test('with a code after the membership has ended (TOK-5)', async () => {
    const w = await issuerWorld()
    const { membershipId, browser, config } = await memberOf(w)
    const { url, verifier } = await authorization(config, { organization: w.acme.slug })
    const back = await browser.open(url)
    await w.owner.mutate('removeMember', { membershipId })
    const code = back.url.searchParams.get('code') ?? ''
    const form = {
      grant_type: 'authorization_code',
      client_id: 'spa',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }
    expect((await tokenRequest(w.issuer, form)).body).toMatchObject(denied)
  })

  test('of two organizations at once', async () => {
    const w = await issuerWorld()
    const { refresh } = await memberOf(w)
    const id = uuidOf(w.acme.id)
    expect((await refresh({ organization_id: id, organization: w.acme.slug })).body).toMatchObject({
      error: 'invalid_request',
    })
    const resource = `urn:tenantry:organization:${randomUUID()}`
    expect((await refresh({ organization_id: id, resource })).body).toMatchObject({ error: 'invalid_target' })
    expect((await refresh({ organization_id: 'no-uuid' })).body).toMatchObject({ error: 'invalid_request' })
  })

  test('for a resource that there is none of, nor for an API without an organization (TOK-3)', async () => {
    const w = await issuerWorld()
    const { refresh } = await memberOf(w)
    expect((await refresh({ resource: 'https://api.test/' })).body).toMatchObject({ error: 'invalid_target' })
    expect((await refresh({ resource: 'https://api.test/', organization: w.acme.slug })).body).toMatchObject({
      error: 'invalid_target',
    })
  })

  test('with a secret that was taken back', async () => {
    const w = await issuerWorld()
    const { newSecret, ask } = await machine(w)
    const [old, fresh] = [await newSecret(), await newSecret()]
    expect((await ask(old.secret)).status).toBe(200)
    await w.operator.mutate('revokeApplicationSecret', { secretId: old.secretId })
    expect((await ask(old.secret)).status).toBe(401)
    expect((await ask(fresh.secret)).status).toBe(200)
    expect((await ask('several')).status).toBe(401)
  })

  test.each<[string, Record<string, string>, string]>([
    ['without a subject token', { subject_token: '' }, 'invalid_request'],
    ['with one that is none', { subject_token: 'x.y.z' }, 'invalid_request'],
    ['with an ID token type', { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' }, 'invalid_request'],
    [
      'for a refresh token',
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      'invalid_request',
    ],
    ['for somebody else', { actor_token: 'x', actor_token_type: accessTokenType }, 'invalid_request'],
    ['without an organization', { organization: '' }, 'invalid_target'],
    ['for the gateway', { organization: '', resource: 'GATEWAY' }, 'invalid_target'],
    [
      'by somebody else’s product',
      { client_id: 'third', client_secret: 'the secret of the web application, long enough' },
      'invalid_request',
    ],
  ])('by exchange %s', async (_, changed, error) => {
    const w = await issuerWorld()
    const { tokens } = await memberOf(w)
    const form = {
      ...{ grant_type: exchangeType, client_id: 'spa', subject_token: tokens.access_token },
      ...{ subject_token_type: accessTokenType, organization: w.acme.slug, ...changed },
    }
    if (form.organization === '') Reflect.deleteProperty(form, 'organization')
    if ('resource' in form) Object.assign(form, { resource: `${w.origin}/graphql` })
    expect((await tokenRequest(w.issuer, form)).body).toMatchObject({ error })
  })
})

describe('an organization token that is exchanged', () => {
  async function exchanged(w: IssuerWorld, token: string, form: Record<string, string>) {
    const base = {
      grant_type: exchangeType,
      client_id: 'spa',
      subject_token: token,
      subject_token_type: accessTokenType,
    }
    return tokenRequest(w.issuer, { ...base, ...form })
  }

  test('gives no more permissions than it had, and no later end', async () => {
    const w = await issuerWorld()
    const { refresh } = await memberOf(w)
    const narrow = (await refresh({ organization: w.acme.slug, scope: 'member:read' })).body
    const before = payloadOf(narrow)
    for (const scope of [{}, { scope: 'member:read member:invite' }]) {
      const { body } = await exchanged(w, String(narrow.access_token), { organization: w.acme.slug, ...scope })
      expect(payloadOf(body).scope).toBe('member:read')
      expect(payloadOf(body).exp ?? 0).toBeLessThanOrEqual((before.exp ?? 0) + 1)
    }
    const { body } = await exchanged(w, String(narrow.access_token), {
      organization: w.acme.slug,
      scope: 'member:invite',
    })
    expect(payloadOf(body).scope).toBe('')
  })

  test('is not one for another organization', async () => {
    const w = await issuerWorld()
    const { refresh, subject } = await memberOf(w)
    const other = await w.organization(w.owner)
    const userId = Buffer.from(`User:${subject}`).toString('base64url')
    await w.operator.mutate('addMember', { organizationId: other.id, userId })
    const own = (await refresh({ organization: w.acme.slug })).body
    for (const form of [{ organization: other.slug }, { organization_id: uuidOf(other.id) }])
      expect((await exchanged(w, String(own.access_token), form)).body).toMatchObject({ error: 'invalid_target' })
  })

  test('is none for an API of the product, whose permissions may be called alike', async () => {
    const w = await issuerWorld({ isolated: true })
    const { refresh } = await memberOf(w)
    const audience = 'https://api.people.test'
    await w.operator.mutate('createApiResource', { audience, name: 'API' })
    const own = (await refresh({ organization: w.acme.slug })).body
    const form = { organization_id: uuidOf(w.acme.id), resource: audience }
    expect((await exchanged(w, String(own.access_token), form)).body).toMatchObject({ error: 'invalid_target' })
  })

  test('by another key is none', async () => {
    const w = await issuerWorld()
    const { refresh } = await memberOf(w)
    const own = (await refresh({ organization: w.acme.slug })).body
    const { privateKey } = await generateKeyPair('ES256')
    const claims = payloadOf(own)
    const forged = await new SignJWT({ ...claims, scope: 'organization:delete' })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
      .sign(privateKey)
    expect((await exchanged(w, forged, { organization: w.acme.slug })).body).toMatchObject({ error: 'invalid_request' })
  })
})

test('a sign-in for an organization says nothing of it before somebody is signed in (TOK-4)', async () => {
  const w = await issuerWorld()
  const config = await w.client()
  const { url, verifier, state } = await authorization(config, { organization: 'no-such-organization' })
  const browser = createBrowser(w.origin)
  const back = await enterCode(w, browser, await browser.open(url), newAddress())
  const checks = { pkceCodeVerifier: verifier, expectedState: state }
  await expect(openid.authorizationCodeGrant(config, back.url, checks)).rejects.toMatchObject({
    error: 'access_denied',
  })
})
