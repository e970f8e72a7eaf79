import { decodeJwt } from 'jose'
import * as openid from 'openid-client'
import { describe, expect, test } from 'vitest'
import { type Browser, createBrowser, type Shown } from '../kit/browser.ts'
import { createClient } from '../kit/client.ts'
import { uuidOf } from '../kit/journal.ts'
import { sql } from '../kit/rows.ts'
import { withClient } from '../kit/server.ts'
import {
  answerIn,
  authorization,
  enterCode,
  type IssuerWorld,
  issuerWorld,
  newAddress,
  signIn,
  webSecret,
} from '../kit/sign-in.ts'

const denied = { error: 'access_denied', error_description: expect.stringContaining('no such organization') }

/** A member who is signed in in a browser, and somebody else's product that sends them to the issuer. */
async function someone(w: IssuerWorld, roles = ['Admin']) {
  const email = newAddress()
  const { browser, tokens } = await signIn(w, { email })
  const subject = tokens.claims()?.sub ?? ''
  const userId = Buffer.from(`User:${subject}`).toString('base64url')
  const roleIds = await Promise.all(roles.map(role => w.roleId(role)))
  const added = '... on AddMemberPayload { membership { id } }'
  const join = async (organizationId = w.acme.id): Promise<string> =>
    (await w.operator.mutate('addMember', { organizationId, userId, roleIds }, added)).membership.id
  const third = await w.client('third', webSecret)
  const ask = async (parameters: Record<string, string> = {}, from: Browser = browser) => {
    const { url, verifier, state } = await authorization(third, { scope: 'openid', ...parameters })
    const take = (back: Shown) =>
      openid.authorizationCodeGrant(third, back.url, { pkceCodeVerifier: verifier, expectedState: state })
    return { page: await from.open(url), take }
  }
  /** Asks, says yes, and takes the tokens. */
  const consent = async (parameters: Record<string, string>) => {
    const { page, take } = await ask(parameters)
    return take(await browser.submit(page, '/consent'))
  }
  const refresh = (token: string | undefined, form: Record<string, string> = {}) =>
    openid.refreshTokenGrant(third, token ?? '', form)
  return {
    email,
    browser,
    subject,
    join,
    third,
    ask,
    consent,
    refresh,
    person: createClient(w.app, tokens.access_token),
  }
}

const nameOf = async ({ owner, acme }: IssuerWorld): Promise<string> =>
  (await owner.query('query($id: ID!) { organization(by: { id: $id }) { name } }', { id: acme.id })).organization.name

const offline = { scope: 'openid offline_access member:read', prompt: 'consent' }
const authorized = async (person: ReturnType<typeof createClient>) =>
  (
    await person.query(
      '{ viewer { authorizedApplications { clientId name scopes consentedAt viewerCanRevoke organization { id name } } } }',
    )
  ).viewer.authorizedApplications

describe('somebody else’s product gets an organization token (TOK-6)', () => {
  test('once its user said yes on a page that names the organization and the permissions', async () => {
    const w = await issuerWorld()
    const { ask, browser, join, subject, person } = await someone(w)
    const name = await nameOf(w)
    await join()
    const { page, take } = await ask({
      organization: w.acme.slug,
      scope: 'openid member:read organization:purge no:such',
    })
    expect(page.html).toContain('Elsewhere asks for access')
    expect(page.html).toContain(`In ${name} it may do this for you`)
    expect(page.html).toContain('<code>member:read</code>')
    // What nobody holds is not asked for, and text of the product's own is not shown.
    expect(page.html).not.toContain('no:such')
    const tokens = await take(await browser.submit(page, '/consent'))
    const claims = decodeJwt(tokens.access_token)
    expect(claims).toMatchObject({
      ...{ aud: `urn:tenantry:organization:${uuidOf(w.acme.id)}`, sub: subject, client_id: 'third' },
      scope: 'member:read',
    })
    expect(await authorized(person)).toEqual([
      {
        ...{ clientId: 'third', name: 'Elsewhere', scopes: ['member:read'], viewerCanRevoke: true },
        ...{ consentedAt: expect.any(String), organization: { id: w.acme.id, name } },
      },
    ])
    // At the gateway it is a token for this organization, with no more than was consented to, and no person's matters.
    const product = createClient(w.app, tokens.access_token)
    expect(await authorized(product)).toEqual([])
    const input = { organizationId: w.acme.id, email: newAddress() }
    expect(await product.refusal('inviteMember', input)).toBe('FORBIDDEN')
  })

  test('in German, too, and with nothing but the membership where no permission is asked for', async () => {
    const w = await issuerWorld()
    const { ask, browser, join } = await someone(w)
    const name = await nameOf(w)
    await join()
    const { page, take } = await ask({ organization_id: uuidOf(w.acme.id), ui_locales: 'de' })
    expect(page.html).toContain(`Mitglied von ${name}`)
    const tokens = await take(await browser.submit(page, '/consent'))
    expect(decodeJwt(tokens.access_token)).toMatchObject({ organization_id: uuidOf(w.acme.id), scope: '' })
  })

  test('without being asked again for the same, and with being asked for more', async () => {
    const w = await issuerWorld()
    const { ask, browser, join, consent, person } = await someone(w)
    await join()
    const organization = w.acme.slug
    await consent({ organization, scope: 'openid member:read' })
    const same = await ask({ organization, scope: 'openid member:read' })
    expect(answerIn(same.page)).toHaveProperty('code')
    // The organization counts, by whichever name.
    const byId = await ask({ organization_id: uuidOf(w.acme.id) })
    expect(answerIn(byId.page)).toHaveProperty('code')
    const more = await ask({ organization, scope: 'openid member:read invitation:create' })
    expect(more.page.html).toContain('<code>invitation:create</code>')
    const tokens = await more.take(await browser.submit(more.page, '/consent'))
    expect(decodeJwt(tokens.access_token).scope).toBe('invitation:create member:read')
    expect(await authorized(person)).toMatchObject([{ scopes: ['invitation:create', 'member:read'] }])
  })

  test('in that organization alone', async () => {
    const w = await issuerWorld()
    const { ask, join, consent, refresh } = await someone(w)
    const other = await w.organization(w.owner, { name: 'Other' })
    await Promise.all([join(), join(other.id)])
    const tokens = await consent({ organization: w.acme.slug, ...offline })
    const { page } = await ask({ organization: other.slug, scope: 'openid member:read' })
    expect(page.html).toContain('In Other it may')
    await expect(refresh(tokens.refresh_token, { organization: other.slug })).rejects.toMatchObject({ status: 400 })
    const again = await refresh(tokens.refresh_token)
    expect(decodeJwt(again.access_token)).toMatchObject({ organization_slug: w.acme.slug, scope: 'member:read' })
  })

  test('with what its user holds at that moment, within the consent', async () => {
    const w = await issuerWorld()
    const { join, consent, refresh } = await someone(w, [])
    const membershipId = await join()
    const tokens = await consent({ organization: w.acme.slug, ...offline })
    expect(decodeJwt(tokens.access_token).scope).toBe('')
    const roleIds = [await w.roleId('Admin')]
    await w.operator.mutate('changeMemberRoles', { membershipId, addRoleIds: roleIds })
    // It was not held, and so not asked for: what is held later is asked for then.
    const later = await refresh(tokens.refresh_token)
    expect(decodeJwt(later.access_token).scope).toBe('')
  })
})

describe('somebody else’s product gets nothing (TOK-6)', () => {
  test('where its user is no active member: unknown, foreign, deleted and suspended are one and the same (TOK-4)', async () => {
    const w = await issuerWorld()
    const { ask, join } = await someone(w)
    const membershipId = await join()
    const [foreign, gone] = await Promise.all([w.organization(w.owner), w.organization(w.owner)])
    await join(gone.id)
    await w.owner.mutate('deleteOrganization', { organizationId: gone.id })
    await w.owner.mutate('suspendMember', { membershipId })
    for (const organization of ['no-such-one', foreign.slug, gone.slug, w.acme.slug]) {
      const { page } = await ask({ organization, scope: 'openid member:read' })
      expect(page.html).toBe('')
      expect(answerIn(page)).toMatchObject(denied)
    }
  })

  test('and learns from no prompt=none who is a member of what', async () => {
    const w = await issuerWorld()
    const { ask, join, consent } = await someone(w)
    await join()
    const other = await w.organization(w.owner)
    // It knows its user, and has no consent for an organization.
    await consent({ scope: 'openid' })
    const answers = await Promise.all(
      ['no-such-one', other.slug, w.acme.slug].map(async organization => {
        const { state: _, ...answer } = answerIn((await ask({ organization, prompt: 'none' })).page)
        return answer
      }),
    )
    expect(answers[0]).toMatchObject({ error: 'consent_required' })
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  test('when its user says no', async () => {
    const w = await issuerWorld()
    const { ask, browser, join, person } = await someone(w)
    await join()
    const { page } = await ask({ organization: w.acme.slug, scope: 'openid member:read' })
    expect(answerIn(await browser.submit(page, '/abort'))).toMatchObject({ error: 'access_denied' })
    expect(await authorized(person)).toEqual([])
  })

  test('when the membership ends while the page is open', async () => {
    const w = await issuerWorld()
    const { ask, browser, join } = await someone(w)
    const membershipId = await join()
    const { page } = await ask({ organization: w.acme.slug, scope: 'openid member:read' })
    await w.owner.mutate('removeMember', { membershipId })
    expect(answerIn(await browser.submit(page, '/consent'))).toMatchObject(denied)
  })

  test('for the gateway, nor for an API without an organization (TOK-3)', async () => {
    const w = await issuerWorld()
    const { ask, join } = await someone(w)
    await join()
    for (const parameters of [
      { resource: `${w.origin}/graphql` },
      { resource: `${w.origin}/graphql`, organization: w.acme.slug },
      { resource: 'https://api.test/' },
    ])
      expect(answerIn((await ask(parameters)).page)).toMatchObject({ error: 'invalid_target' })
  })

  test('while its user is suspended; what was consented to counts again afterwards (MEM-11)', async () => {
    const w = await issuerWorld()
    const { join, consent, refresh, person } = await someone(w)
    const membershipId = await join()
    const { refresh_token: token } = await consent({ organization: w.acme.slug, ...offline })
    await w.owner.mutate('suspendMember', { membershipId })
    expect(await authorized(person)).toEqual([])
    await expect(refresh(token)).rejects.toMatchObject(denied)
    await w.owner.mutate('restoreMember', { membershipId })
    expect(decodeJwt((await refresh(token)).access_token).scope).toBe('member:read')
  })

  test.each(['leaves', 'is removed'])(
    'after its user %s, also when they join again: they are asked again',
    async how => {
      const w = await issuerWorld()
      const { ask, join, consent, refresh, person } = await someone(w)
      const membershipId = await join()
      const { refresh_token: token } = await consent({ organization: w.acme.slug, ...offline })
      await (how === 'leaves' ? person : w.owner).mutate('removeMember', { membershipId })
      await join()
      expect(await authorized(person)).toEqual([])
      await expect(refresh(token)).rejects.toMatchObject({ error: 'invalid_grant' })
      const { page } = await ask({ organization: w.acme.slug, scope: 'openid member:read' })
      expect(page.html).toContain('<code>member:read</code>')
    },
  )

  test('while the organization is deleted', async () => {
    const w = await issuerWorld()
    const { join, consent, refresh, person } = await someone(w)
    await join()
    const { refresh_token: token } = await consent({ organization: w.acme.slug, ...offline })
    await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
    await expect(refresh(token)).rejects.toMatchObject(denied)
    expect(await authorized(person)).toEqual([])
  })

  test('with a code after its user took the consent back', async () => {
    const w = await issuerWorld()
    const { ask, join, consent, person } = await someone(w)
    await join()
    await consent({ organization: w.acme.slug, scope: 'openid member:read' })
    const { page, take } = await ask({ organization: w.acme.slug, scope: 'openid member:read' })
    await person.mutate('revokeApplicationConsent', { organizationId: w.acme.id, clientId: 'third' })
    await expect(take(page)).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})

test('who takes a consent back ends the refresh tokens there, and no others; the log says so', async () => {
  const w = await issuerWorld()
  const { browser, email, join, consent, refresh, person } = await someone(w)
  const other = await w.organization(w.owner)
  await Promise.all([join(), join(other.id)])
  const bySlug = await consent({ organization: w.acme.slug, ...offline })
  const byId = await consent({ organization_id: uuidOf(w.acme.id), ...offline })
  const elsewhere = await consent({ organization: other.slug, ...offline })
  const own = await signIn(w, { email, parameters: { organization: w.acme.slug, prompt: 'login' }, browser })
  const input = { organizationId: w.acme.id, clientId: 'third' }
  const ended = await person.mutate('revokeApplicationConsent', input)
  expect(ended.__typename).toBe('RevokeApplicationConsentPayload')
  for (const { refresh_token: token } of [bySlug, byId])
    await expect(refresh(token)).rejects.toMatchObject({ error: 'invalid_grant' })
  expect((await refresh(elsewhere.refresh_token)).access_token).toBeTruthy()
  expect((await openid.refreshTokenGrant(own.config, own.tokens.refresh_token ?? '')).access_token).toBeTruthy()
  // What is not there any more is no error.
  expect((await person.mutate('revokeApplicationConsent', input)).__typename).toBe('RevokeApplicationConsentPayload')
  const log = await w.owner.query(
    'query($id: ID!) { organization(by: { id: $id }) { auditEvents(first: 5) { nodes { action actorLabel changes { field after before } } } } }',
    { id: w.acme.id },
  )
  const entries = log.organization.auditEvents.nodes.filter((one: { action: string }) => /CONSENT/.test(one.action))
  expect(entries).toMatchObject([
    {
      action: 'APPLICATION_CONSENT_REVOKED',
      changes: [{ after: 'Elsewhere (third)' }, { field: 'scopes', before: 'member:read' }],
    },
    { action: 'APPLICATION_CONSENT_GIVEN' },
    {
      action: 'APPLICATION_CONSENT_GIVEN',
      changes: [{ after: 'Elsewhere (third)' }, { field: 'scopes', after: 'member:read' }],
    },
  ])
})

test('nobody takes back what another member consented to, nor does an organization token (TOK-7)', async () => {
  const w = await issuerWorld()
  const { join, consent, person } = await someone(w)
  await join()
  const { access_token: token } = await consent({ organization: w.acme.slug, scope: 'openid member:read' })
  const input = { organizationId: w.acme.id, clientId: 'third' }
  expect((await w.owner.mutate('revokeApplicationConsent', input)).__typename).toBe('RevokeApplicationConsentPayload')
  expect(await authorized(person)).toHaveLength(1)
  expect(await createClient(w.app, token).refusal('revokeApplicationConsent', input)).toBe('FORBIDDEN')
})

test('a sign-in and the consent come in one go for somebody new in this browser', async () => {
  const w = await issuerWorld()
  const { ask, join, email } = await someone(w)
  await join()
  const browser = createBrowser(w.origin)
  const { page, take } = await ask({ organization: w.acme.slug, scope: 'openid member:read' }, browser)
  const consentPage = await enterCode(w, browser, page, email)
  expect(consentPage.html).toContain(`In ${await nameOf(w)} it may`)
  const tokens = await take(await browser.submit(consentPage, '/consent'))
  expect(decodeJwt(tokens.access_token).scope).toBe('member:read')
})

describe('a consent is to permissions, not to what they are called', () => {
  test('one that takes the name of another over is asked for anew, and is not there before', async () => {
    const w = await issuerWorld({ isolated: true })
    const make = async (key: string) =>
      (
        await w.operator.mutate(
          'createPermission',
          { key, description: 'Sees what it sees.' },
          '... on CreatePermissionPayload { permission { id } }',
        )
      ).permission.id
    const first = await make('thing:see')
    const role = await w.operator.mutate(
      'createTemplateRole',
      { name: 'Seer', kind: 'USER', permissionIds: [first] },
      '... on CreateTemplateRolePayload { role { id } }',
    )
    const { join, consent, refresh, ask, person } = await someone(w, ['Seer'])
    await join()
    const organization = w.acme.slug
    const { refresh_token: token } = await consent({
      organization,
      scope: 'openid offline_access thing:see',
      prompt: 'consent',
    })
    expect(await authorized(person)).toMatchObject([{ scopes: ['thing:see'] }])
    await w.operator.mutate('deletePermission', { permissionId: first })
    expect(await authorized(person)).toMatchObject([{ scopes: [] }])
    await w.operator.mutate('updateRole', {
      roleId: role.role.id,
      permissionIds: [await make('thing:see')],
    })
    const again = await refresh(token)
    expect(decodeJwt(again.access_token).scope).toBe('')
    const { page } = await ask({ organization, scope: 'openid thing:see' })
    expect(page.html).toContain('<code>thing:see</code>')
  })
})

describe('a refresh token for an API', () => {
  async function withApi() {
    const w = await issuerWorld({ isolated: true })
    const audience = 'https://api.people.test'
    await w.operator.mutate('createApiResource', { audience, name: 'API' })
    const made = await someone(w)
    await made.join()
    const place = { organization_id: uuidOf(w.acme.id), resource: audience }
    const tokens = await made.consent({ ...offline, ...place })
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: audience, organization_slug: w.acme.slug })
    return { w, ...made, place, tokens }
  }

  test('ends with the consent (TOK-6)', async () => {
    const { w, person, refresh, tokens, place } = await withApi()
    await person.mutate('revokeApplicationConsent', { organizationId: w.acme.id, clientId: 'third' })
    await expect(refresh(tokens.refresh_token, place)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test.each(['organization_id', 'organization'])(
    'is for the API in the %s of the sign-in, and for nothing else (TOK-3)',
    async name => {
      const { w, refresh, consent, join, place } = await withApi()
      const named = { resource: place.resource, [name]: name === 'organization' ? w.acme.slug : place.organization_id }
      let { refresh_token: token } = await consent({ ...offline, ...named })
      const again = await refresh(token)
      token = again.refresh_token
      expect(decodeJwt(again.access_token)).toMatchObject({
        aud: place.resource,
        organization_slug: w.acme.slug,
        scope: '',
      })
      const other = await w.organization(w.owner)
      await join(other.id)
      // Not for the organization itself, nor for the API where nobody consented.
      const wrong: [Record<string, string>, string][] = [
        [{ organization_id: place.organization_id }, 'invalid_target'],
        [{ resource: `urn:tenantry:organization:${place.organization_id}` }, 'invalid_target'],
        [{ resource: `${w.origin}/graphql` }, 'invalid_target'],
        [{ resource: place.resource, organization_id: uuidOf(other.id) }, 'access_denied'],
      ]
      for (const [form, error] of wrong) await expect(refresh(token, form)).rejects.toMatchObject({ error })
      expect(decodeJwt((await refresh(token)).access_token)).toMatchObject({ aud: place.resource })
    },
  )

  test('is asked anew for the consent at each refresh, however that went (TOK-5, TOK-6)', async () => {
    const { w, refresh, tokens, place } = await withApi()
    const again = await refresh(tokens.refresh_token, place)
    await sql(
      w,
      `set session_replication_role = replica; delete from organization_consent; set session_replication_role = default`,
    )
    await expect(refresh(again.refresh_token, place)).rejects.toMatchObject(denied)
  })
})

test('what the issuer remembers of an account is found by an index, for every model', async () => {
  const w = await issuerWorld()
  const plan = await withClient(w.databaseUrl, async client => {
    await client.query('begin; set local enable_seqscan = off')
    const { rows } = await client.query(`explain delete from oidc_record where payload ->> 'accountId' = 'x'`)
    await client.query('rollback')
    return JSON.stringify(rows)
  })
  expect(plan).toContain('oidc_record_account_index')
})
