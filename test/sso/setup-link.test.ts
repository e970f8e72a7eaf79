import { expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { uuidOf, wholeJournal, written } from '../kit/journal.ts'
import { nothing, sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { connectorOf as newConnector } from '../security/isolation/side.ts'
import { revokeSetupLink, setupLink, setupLinksOf, tryLink } from './setup-links.ts'

const day = 86_400_000
const inDays = (w: Pick<World, 'clock'>, days: number) => new Date(w.clock().getTime() + days * day).toISOString()

test('a link is made for seven days; its address is shown once, and only a hash of it is kept (SSO-9)', async () => {
  const w = await world({ clock: testClock() })
  const { result: link, audit, outbox } = await written(w, () => setupLink(w.owner, w.acme))
  expect(link).toMatchObject({ status: 'ACTIVE', lastUsedAt: null, ssoConnector: null, viewerCanRevoke: true })
  expect(new Date(link.expiresAt).toISOString()).toBe(inDays(w, 7))
  expect(audit).toMatchObject([{ action: 'SSO_SETUP_LINK_CREATED', target: 'SsoSetupLink For Ada of IT' }])
  const payload = { organizationId: uuidOf(w.acme.id), ssoSetupLinkId: uuidOf(link.id) }
  expect(outbox).toMatchObject([{ type: 'SSO_SETUP_LINK_CREATED', payload }])
  const [, token = ''] = /\/sso\/setup#([\w-]{43})$/.exec(link.url) ?? []
  const rows = await sql(w, 'select l::text from sso_setup_link l where id = $1', [uuidOf(link.id)])
  for (const text of [JSON.stringify(rows), await wholeJournal(w), w.log.join()]) expect(text).not.toContain(token)
  expect(token).toHaveLength(43)
})

test.each([
  ['a time that is over', (w: World) => ({ expiresAt: inDays(w, -1) }), ['input', 'expiresAt']],
  ['more than fourteen days', (w: World) => ({ expiresAt: inDays(w, 15) }), ['input', 'expiresAt']],
  ['a label of nothing', () => ({ label: '  ' }), ['input', 'label']],
])('%s is refused', async (_what, more, path) => {
  const w = await world()
  const { result } = await written(w, async () => tryLink(w.owner, w.acme, more(w)))
  expect(result).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path }] })
})

test('a link may be for a connector of the organization, and for none of another', async () => {
  const w = await world()
  const other = await w.person()
  const foreign = await newConnector(await w.organization(other), other, 'Theirs')
  const own = await newConnector(w.acme, w.owner, 'Ours')
  expect(await setupLink(w.owner, w.acme, { ssoConnectorId: own })).toMatchObject({ ssoConnector: { name: 'Ours' } })
  const { result, ...rest } = await written(w, () => tryLink(w.owner, w.acme, { ssoConnectorId: foreign }))
  expect(result).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: ['input', 'ssoConnectorId'] }] })
  expect(rest).toEqual(nothing)
})

test('one that is shared by another organization is none of its own', async () => {
  const w = await world()
  const lender = await w.organization(w.owner)
  const ssoConnectorId = await newConnector(lender, w.owner, 'Lent')
  await w.owner.mutate('shareSsoConnector', { ssoConnectorId, organizationId: w.acme.id })
  expect(await tryLink(w.owner, w.acme, { ssoConnectorId })).toMatchObject({ __typename: 'InvalidInputError' })
})

test('at most ten are open at once', async () => {
  const w = await world()
  const links = await Promise.all(Array.from({ length: 10 }, () => setupLink(w.owner, w.acme)))
  expect(await tryLink(w.owner, w.acme)).toMatchObject({ __typename: 'InvalidInputError' })
  await revokeSetupLink(w.owner, links[0] ?? {})
  expect((await tryLink(w.owner, w.acme)).__typename).toBe('CreateSsoSetupLinkPayload')
})

test('who may not manage connectors makes none, nor an operator who is no member: the link acts as a member', async () => {
  const w = await world()
  const reader = await w.acme.member({ roles: [] })
  const input = { organizationId: w.acme.id, label: 'Mine' }
  expect(await reader.refusal('createSsoSetupLink', input)).toBe('FORBIDDEN')
  expect(await w.operator.refusal('createSsoSetupLink', input)).toBe('FORBIDDEN')
  expect(await (await w.person()).refusal('createSsoSetupLink', input)).toBe('NOT_FOUND')
  expect(await setupLinksOf(reader, w.acme)).toBe(null)
})

test('revoking closes a link for good, once; nobody of another organization does', async () => {
  const w = await world()
  const link = await setupLink(w.owner, w.acme)
  expect(await (await w.person()).refusal('revokeSsoSetupLink', { ssoSetupLinkId: link.id })).toBe('NOT_FOUND')
  const { result, audit } = await written(w, () => revokeSetupLink(w.owner, link))
  expect(result).toMatchObject({ ssoSetupLink: { status: 'REVOKED' } })
  expect(audit).toMatchObject([{ action: 'SSO_SETUP_LINK_REVOKED', changes: [] }])
  const again = { __typename: 'SsoSetupLinkClosedError', status: 'REVOKED' }
  expect(await revokeSetupLink(w.owner, link)).toMatchObject(again)
})

test('an expired link is not revoked any more, and says so by itself', async () => {
  const w = await world({ clock: testClock() })
  const expiresAt = new Date(w.clock().getTime() + 60_000).toISOString()
  const link = await setupLink(w.owner, w.acme, { expiresAt })
  w.clock.advance({ minutes: 1 })
  expect(await setupLinksOf(w.owner, w.acme)).toMatchObject([{ status: 'EXPIRED', viewerCanRevoke: false }])
  expect(await revokeSetupLink(w.owner, link)).toMatchObject({ status: 'EXPIRED' })
})

test.each([
  ['removed', 'removeMember', 'its maker is no longer a member'],
  ['suspended', 'suspendMember', 'its maker is suspended'],
])("a member who is %s leaves no open link behind, and nobody else's is closed (MEM-4)", async (_what, name, after) => {
  const w = await world()
  const maker = await w.acme.member({ roles: ['Admin'] })
  await setupLink(maker, w.acme)
  const others = await setupLink(w.owner, w.acme)
  const { audit } = await written(w, () => w.owner.mutate(name, { membershipId: maker.membershipId }))
  const closed = audit.filter(({ action }) => action === 'SSO_SETUP_LINK_REVOKED')
  expect(closed).toMatchObject([{ changes: [{ field: 'reason', before: null, after }] }])
  const statuses = (await setupLinksOf(w.owner, w.acme))?.map(({ id, status }) => [id === others.id, status])
  expect(statuses).toEqual([
    [true, 'ACTIVE'],
    [false, 'REVOKED'],
  ])
})

test('a user who is deleted leaves no open link behind (MEM-9)', async () => {
  const w = await world()
  const maker = await w.acme.member({ roles: ['Admin'] })
  await setupLink(maker, w.acme)
  const userId = await maker.id()
  await w.operator.mutate('deleteUser', { userId })
  expect(await setupLinksOf(w.owner, w.acme)).toMatchObject([{ status: 'REVOKED', createdBy: null }])
})

test('with its connector a link is over', async () => {
  const w = await world()
  const ssoConnectorId = await newConnector(w.acme, w.owner, 'Ours')
  await setupLink(w.owner, w.acme, { ssoConnectorId })
  const { audit } = await written(w, () => w.owner.mutate('deleteSsoConnector', { ssoConnectorId }))
  const reason = { field: 'reason', before: null, after: 'its connector is gone' }
  expect(audit.find(({ action }) => action === 'SSO_SETUP_LINK_REVOKED')?.changes).toEqual([reason])
  expect(await setupLinksOf(w.owner, w.acme)).toMatchObject([{ status: 'REVOKED', ssoConnector: null }])
})
