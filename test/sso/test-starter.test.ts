import { expect, test } from 'vitest'
import { operatorWith } from '../kit/holders.ts'
import { auditOf } from './audit.ts'
import { change, connected, connectorsOf, employee, type SsoWorld, ssoWorld, tryConnector } from './connectors.ts'

test.each<[string, (w: SsoWorld, membershipId: string) => Promise<unknown>]>([
  ['has lost sso:manage', (w, membershipId) => w.owner.mutate('replaceMemberRoles', { membershipId, roleIds: [] })],
  ['was suspended', (w, membershipId) => w.owner.mutate('suspendMember', { membershipId })],
  ['was removed', (w, membershipId) => w.owner.mutate('removeMember', { membershipId })],
])('a test that was started by somebody who %s meanwhile counts for nothing (SSO-1)', async (_how, end) => {
  const w = await ssoWorld()
  const { connector, domain } = await connected(w)
  const admin = await w.acme.member({ roles: ['Admin'] })
  const { issuer, clientId } = w.idp
  await change(admin, connector, { settings: { oidc: { issuer, clientId, trustsEmail: true } } })
  const start = async () => {
    const { url } = await admin.mutate(
      'startSsoConnectorTest',
      { ssoConnectorId: connector.id },
      '... on StartSsoConnectorTestPayload { url }',
    )
    return w.browser(/\/sso\/[^/]+\/callback/).open(url)
  }
  w.idp.person = employee(`mallory@${domain}`)
  const back = await start()
  await end(w, admin.membershipId)
  const shown = await w.browser().open(back.url)
  expect(shown.html).toContain('Whoever started the test may not manage the connector any more.')
  expect(await connectorsOf(w.owner, w.acme)).toMatchObject([{ isUsable: false, testedAt: null, lastTest: null }])
  const [entry] = await auditOf(w, 'SSO_CONNECTOR_TESTED')
  expect(entry?.outcome).toContain('may not manage the connector')
})

test('a test of an operator, who is no member, counts (SSO-1)', async () => {
  const w = await ssoWorld()
  const { connector, domain } = await connected(w)
  const operator = await operatorWith(w, ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE'])
  const { issuer, clientId } = w.idp
  const settings = { oidc: { issuer, clientId, trustsEmail: true } }
  expect((await change(operator, connector, { settings })).ssoConnector).toMatchObject({ isUsable: false })
  w.idp.person = employee(`tester@${domain}`)
  expect((await tryConnector(w, operator, connector)).html).not.toContain('failed')
  expect(await connectorsOf(w.owner, w.acme)).toMatchObject([{ isUsable: true }])
})
