import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { newDomain } from '../email-domains/domains.ts'
import type { Browser } from '../kit/browser.ts'
import { type Client, createClient, type Loose } from '../kit/client.ts'
import { dnsServer } from '../kit/dns.ts'
import { uuidOf } from '../kit/journal.ts'
import { ask, show, withPasskey } from '../kit/passkeys.ts'
import { answerIn, authorization, newestCode, signIn, tokenRequest } from '../kit/sign-in.ts'
import { problemOn } from './connectors.ts'
import { documented } from './documented.ts'
import { oidcWay, samlWay, type Way } from './protocols-of-a-journey.ts'
import { openLink, openSetup } from './setup-links.ts'

// docs/enterprise-sign-on.md, step by step: each operation is read from there, and answers as it stands there.

/** An organization with an owner, and an admin with these permissions, who both sign in by a mailed code. */
async function acme({ w }: Way, domain: string, permissions: string[]) {
  const by = async (email: string) => createClient(w.app, (await signIn(w, { email })).tokens.access_token)
  const [owner, admin] = [await by(`olga@${domain}`), await by(`alan@${domain}`)]
  const name = { name: 'Acme', slug: `acme-${randomUUID().slice(0, 8)}` }
  const made = await owner.mutate(
    'createOrganization',
    name,
    '... on CreateOrganizationPayload { organization { id } }',
  )
  const organizationId: string = made.organization.id
  const role = async (called: string, keys: string[]): Promise<string> => {
    const permissionIds = await Promise.all(keys.map(key => w.permissionId(key)))
    const input = { organizationId, name: called, kind: 'USER', permissionIds }
    return (await owner.mutate('createCustomRole', input, '... on CreateCustomRolePayload { role { id } }')).role.id
  }
  const roleIds = [await role('IT', permissions)]
  await role('Auditor', ['audit:read'])
  await role('Helpdesk', ['domain:read'])
  const invited = await owner.mutate(
    'inviteMember',
    { organizationId, email: `alan@${domain}`, roleIds },
    '... on InviteMemberPayload { invitation { id } }',
  )
  await admin.mutate('acceptInvitation', { invitation: { id: invited.invitation.id } })
  return { owner, admin, organizationId }
}

/** Types the address, and asks for a mailed code in place of the provider. */
async function byCode({ w }: Way, browser: Browser, email: string) {
  const page = await browser.open((await authorization(await w.client())).url)
  return browser.submit(page, '/address', { email, by: 'code' })
}

test.each([
  ['SAML', samlWay],
  ['OpenID Connect', oidcWay],
] as const)(
  'from nothing to enforced single sign-on by %s, and back, as documented (JIT-3, JIT-6, SSO-1, SSO-2, SSO-5, SSO-6, SSO-9)',
  async (_name, wayOf) => {
    const dns = await dnsServer()
    const way = await wayOf({ resolver: dns.resolver, hostname: 'localhost' })
    const { w } = way
    const domain = newDomain()
    const [olga, alan, grace] = [`olga@${domain}`, `alan@${domain}`, `grace@${domain}`]
    const page = await documented('enterprise-sign-on.md', { 'acme.com': domain })
    const permissions = page.table('What does the admin need?').flatMap(([keys = '']) => keys.split(', '))
    const { organizationId, ...people } = await acme(way, domain, permissions)
    const there = { organizationId }
    const passkey = await withPasskey(w, olga)

    // 1 and 2: the domain.
    const claimed = await page.run(people.admin, 'ClaimDomain', there)
    const { id: emailDomainId, dnsRecord } = claimed.addEmailDomain.emailDomain
    expect((await page.ask(people.admin, 'ProveDomain', { emailDomainId })).verifyEmailDomain).toMatchObject({
      ...{ __typename: 'DomainNotVerifiedError', expected: dnsRecord, found: [] },
    })
    dns.records.set(dnsRecord.name, [[dnsRecord.value]])
    await page.run(people.admin, 'ProveDomain', { emailDomainId })

    // 3 and 4: somebody without an account connects the provider.
    const { url, ssoSetupLink } = (await page.run(people.admin, 'HandOver', there)).createSsoSetupLink
    const browser = w.browser()
    expect((await openLink(browser, { url })).html).toContain('Set up single sign-on for Acme')
    const connected = await way.connect(browser, emailDomainId)
    expect(connected.html).toContain('First the test has to pass.')
    way.person(`tester@${domain}`)
    expect((await way.tryIt(browser, connected)).html).toContain('The test passed')
    const done = await browser.submit(await openSetup(browser), '/finish')
    expect(done.html).toContain('Single sign-on is on')
    const came = await page.run(people.admin, 'WhatCameOfIt', { ssoSetupLinkId: ssoSetupLink.id })
    const ssoConnectorId: string = came.node.ssoConnector.id
    const connector = { ssoConnectorId }

    // 5: members, and roles by groups.
    await page.run(people.admin, 'TakeIn', { ...there, ...connector })
    const { roles } = (await page.ask(people.admin, 'Roles', there)).organization
    const roleOf = (name: string) => roles.find((role: Loose) => role.name === name).id
    const mapped = { auditorId: roleOf('Auditor'), helpdeskId: roleOf('Helpdesk') }
    await page.run(people.admin, 'MapGroups', { ...there, ...connector, ...mapped })

    // 6: who is there already signs in through it, and stays who they are.
    const lockout = await page.ask(people.admin, 'Require', connector)
    expect(lockout.updateSsoConnector.__typename).toBe('SsoLockoutError')
    const before = await page.ask(people.admin, 'Reach', connector)
    expect(before.node.reach).toEqual({ membersCount: 2, newcomersCount: 2, strangersCount: 0 })
    const through = async (email: string, groups?: string[]) => {
      way.person(email, groups)
      const { tokens } = await way.signIn(email)
      return { ...createClient(w.app, tokens.access_token), tokens }
    }
    const [owner, admin] = [await through(olga), await through(alan)]
    await page.run(admin, 'Reach', connector)

    // 7: a way in for when the provider fails.
    const membershipOf = async (by: Client) => (await page.ask(by, 'MyMemberships')).viewer.memberships.nodes[0]
    await page.run(owner, 'BreakGlass', { membershipId: (await membershipOf(owner)).id })

    // 8: nothing else signs anybody in.
    await page.run(admin, 'Require', connector)
    const instead = w.browser()
    const asked = await byCode(way, instead, grace)
    const shown = await instead.submit(asked, '/code', { code: await newestCode(w, grace) })
    expect([shown.status, problemOn(shown)]).toEqual([403, expect.stringContaining('Your organization')])
    const glass = (await ask(w, passkey.browser, { prompt: 'login' })).page
    const entered = await show(passkey.browser, glass, passkey.authenticator)
    expect(answerIn(entered)).toMatchObject({ code: expect.any(String) })
    way.person('grace@elsewhere.com')
    await expect(way.signIn(grace)).rejects.toThrow('an address that it may not speak for')

    // 9: a new colleague.
    const newcomer = await through(grace, ['security', 'unknown'])
    expect(way.hint()).toBe(grace)
    expect(await page.ask(newcomer, 'MyMemberships')).toEqual(page.answerAfter('Grace was never here'))
    const bind = page.form('POST /oidc/token')
    const turn = (refreshToken: unknown) => {
      const values = { client_id: 'spa', refresh_token: String(refreshToken), organization_id: uuidOf(organizationId) }
      return tokenRequest(w.issuer, { ...bind, ...values })
    }
    const { body } = await turn(newcomer.tokens.refresh_token)
    expect(body).toEqual(page.answerAfter('POST /oidc/token'))
    const bound = createClient(w.app, String(body.access_token))
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      ...{ organization_id: uuidOf(organizationId), amr: ['sso', expect.any(String)], scope: body.scope },
    })
    const looked = 'query($id: ID!) { organization(by: { id: $id }) { name members { totalCount } } }'
    const seen = async () => (await bound.query(looked, { id: organizationId })).organization
    expect(await seen()).toEqual({ name: 'Acme', members: { totalCount: 3 } })

    // 10: what the log says; she may read it, by the role that her group gives.
    const story = async (by: Client) => {
      const nodes: Loose[] = (await page.ask(by, 'Story', there)).organization.auditEvents.nodes
      return nodes.toReversed()
    }
    const all = await story(admin)
    const told = all.slice(all.findIndex(one => one.action === 'DOMAIN_ADDED'))
    const rows = page.table('10. See what happened')
    expect(told.map(one => [one.action, one.targetLabel, one.actorLabel ?? ''])).toEqual(
      rows.map(row => row.slice(0, 3)),
    )
    const reasons = told.map(({ changes }) => changes.find((one: Loose) => one.field === 'reason')?.after)
    expect(reasons).toEqual(rows.map(([, , , text = '']) => /^([A-Z_]+): /.exec(text)?.[1]))
    expect(await story(bound)).toEqual(all)

    // 11: and back.
    await page.run(admin, 'WhoCameByIt', connector)
    await page.run(admin, 'TakeAway', connector)
    expect(await seen()).toBe(null)
    for (const token of [body.refresh_token, owner.tokens.refresh_token, admin.tokens.refresh_token])
      expect((await turn(token)).body).toMatchObject({ error: 'invalid_grant' })
    const [graceAgain, alanAgain] = [await signIn(w, { email: grace }), await signIn(w, { email: alan })]
    expect((await turn(graceAgain.tokens.refresh_token)).body).toMatchObject({ error: 'access_denied' })
    expect((await turn(alanAgain.tokens.refresh_token)).body).toMatchObject({
      scope: expect.stringContaining('sso:manage'),
    })
    const end = (await story(createClient(w.app, alanAgain.tokens.access_token))).slice(told.length)
    expect(end.slice(-2).map(one => [one.action, one.targetLabel, one.actorLabel])).toEqual([
      ['MEMBER_SUSPENDED', 'grace', 'alan'],
      ['SSO_CONNECTOR_DELETED', 'The provider', 'alan'],
    ])
    expect(page.unused()).toEqual([])
  },
)
