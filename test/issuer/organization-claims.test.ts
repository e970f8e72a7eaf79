import * as openid from 'openid-client'
import { expect, test } from 'vitest'
import { createClient } from '../kit/client.ts'
import { uuidOf } from '../kit/journal.ts'
import { sql } from '../kit/rows.ts'
import { type IssuerWorld, issuerWorld, newAddress, signIn, webSecret } from '../kit/sign-in.ts'

const all = 'openid organizations organization_roles organization_data'

/** Somebody who signs in here, and the client of their token. */
async function person(w: IssuerWorld, scope = all) {
  const signedIn = await signIn(w, { parameters: { scope } })
  const token = signedIn.tokens.access_token
  const client = createClient(w.app, token)
  return {
    ...signedIn,
    ...client,
    token,
    id: async () => (await client.query('{ viewer { principal { id } } }')).viewer.principal.id,
  }
}
type Person = Awaited<ReturnType<typeof person>>

async function added(w: IssuerWorld, to: Person, roles: string[]) {
  const roleIds = await Promise.all(roles.map(role => w.roleId(role)))
  const input = { organizationId: w.acme.id, userId: await to.id(), roleIds }
  const made = await w.operator.mutate('addMember', input, '... on AddMemberPayload { membership { id } }')
  return made.membership.id as string
}
/** What a new ID token says of organizations. */
async function claimsOf({ config, browser: _, tokens }: Person, refreshToken = tokens.refresh_token ?? '') {
  const fresh = await openid.refreshTokenGrant(config, refreshToken)
  const { organizations, organization_roles, organization_data, organizations_truncated } = (fresh.claims() ??
    {}) as Record<string, unknown>
  return {
    claims: { organizations, organization_roles, organization_data, organizations_truncated },
    refreshToken: fresh.refresh_token ?? '',
  }
}

test('an ID token says which organizations, roles and names there are, as far as it was asked for (TOK-9)', async () => {
  const w = await issuerWorld()
  const ada = await person(w)
  await added(w, ada, ['Member', 'Admin'])
  const id = uuidOf(w.acme.id)
  const { claims } = await claimsOf(ada)
  expect(claims).toEqual({
    organizations: [id],
    organization_roles: [`${id}:Admin`, `${id}:Member`],
    organization_data: [{ id, slug: w.acme.slug, name: expect.any(String) }],
  })
  const only = await person(w, 'openid organizations')
  expect((await claimsOf(only)).claims).toEqual({ organizations: [] })
  const none = await person(w, 'openid')
  expect((await claimsOf(none)).claims).toEqual({})
})

test('where a member is suspended, and what is deleted, is not among them (MEM-11, ORG-6, TOK-9)', async () => {
  const w = await issuerWorld()
  const ada = await person(w)
  const membershipId = await added(w, ada, ['Member'])
  const other = await w.organization(w.owner)
  const input = { organizationId: other.id, userId: await ada.id() }
  await w.operator.mutate('addMember', input)
  const first = await claimsOf(ada)
  expect(first.claims.organizations).toEqual([uuidOf(w.acme.id), uuidOf(other.id)])
  await w.owner.mutate('suspendMember', { membershipId })
  await w.owner.mutate('deleteOrganization', { organizationId: other.id })
  expect((await claimsOf(ada, first.refreshToken)).claims).toEqual({
    ...{ organizations: [], organization_roles: [], organization_data: [] },
  })
})

test('of more than a hundred organizations a hundred are said, and that there are more (TOK-9)', async () => {
  const w = await issuerWorld()
  const ada = await person(w)
  const id = uuidOf(await ada.id())
  const member = uuidOf(await w.roleId('Member'))
  await sql(
    w,
    `with made as (
       insert into organization (id, name, slug, created_at)
       select gen_random_uuid(), 'Many ' || n, 'many-' || substr($1::text, 25) || '-' || n, now() from generate_series(1, 101) n returning id
     ), joined as (
       insert into membership (organization_id, id, principal_id, kind, sort_name, origin, joined_at)
       select id, gen_random_uuid(), $1::uuid, 'USER', '', 'OPERATOR', now() from made returning organization_id, id
     )
     insert into membership_role (organization_id, membership_id, kind, template_role_id, assigned_at)
     select organization_id, id, 'USER', $2::uuid, now() from joined`,
    [id, member],
  )
  w.statements.splice(0)
  const { claims } = await claimsOf(ada)
  expect(claims.organizations).toHaveLength(100)
  expect(claims.organization_roles).toHaveLength(100)
  expect(claims.organization_data).toHaveLength(100)
  expect(claims.organizations_truncated).toBe(true)
  expect(w.statements).toHaveLength(2)
})

test('userinfo says the same to somebody else, who asked for it (TOK-9)', async () => {
  const w = await issuerWorld()
  const email = newAddress()
  const own = await signIn(w, { email })
  const ada = { ...own, id: async () => Buffer.from(`User:${own.tokens.claims()?.sub}`).toString('base64url') }
  await added(w, ada as unknown as Person, ['Member'])
  const { config, browser, back, verifier } = await thirdParty(w, email)
  const page = await browser.submit(back, '/consent')
  const tokens = await openid.authorizationCodeGrant(config, page.url, {
    pkceCodeVerifier: verifier,
    expectedState: page.url.searchParams.get('state') ?? '',
  })
  const subject = tokens.claims()?.sub ?? ''
  expect(await openid.fetchUserInfo(config, tokens.access_token, subject)).toEqual({
    ...{ sub: subject, organizations: [uuidOf(w.acme.id)] },
  })
})

async function thirdParty(w: IssuerWorld, email: string) {
  const { authorization, enterCode } = await import('../kit/sign-in.ts')
  const { createBrowser } = await import('../kit/browser.ts')
  const config = await w.client('third', webSecret)
  const browser = createBrowser(w.origin)
  const { url, verifier } = await authorization(config, { scope: 'openid organizations' })
  return { config, browser, verifier, back: await enterCode(w, browser, await browser.open(url), email) }
}
