import { expect, test } from 'vitest'
import { claim, newDomain, vouch } from '../email-domains/domains.ts'
import { membershipsOf, provisions } from '../jit-provisioning/provisioning.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { sql } from '../kit/rows.ts'
import { connected, employee, type SsoWorld, signInThrough, ssoWorld } from './connectors.ts'
import { byCode, enforced, ownerThrough, refreshed } from './required.ts'

type Origin = 'SSO' | 'EMAIL_DOMAIN'
const counts = 'provisionedMembers { totalCount ownersCount holdsLastOwner }'

/** As if the member had come by it. */
const cameBy = (w: SsoWorld, membershipId: string, origin: Origin) =>
  sql(w, 'update membership set origin = $2 where id = $1', [uuidOf(membershipId), origin])

/** Members who came through a connector, by their first names, and one who did not. */
async function provisioned(names: string[]) {
  const w = await ssoWorld()
  const { connector, domain } = await connected(w)
  const members = []
  for (const name of names) {
    const member = await ownerThrough(w, `${name}@${domain}`)
    const input = { membershipId: member.membershipId, removeRoleIds: [await w.roleId('Owner')] }
    await w.owner.mutate('changeMemberRoles', input)
    await cameBy(w, member.membershipId, 'SSO')
    members.push(member)
  }
  const guest = await w.acme.member()
  return { w, connector, domain, members, guest }
}

const remove = (by: SsoWorld['owner'], { id }: { id?: string }, members?: string) =>
  by.mutate(
    'deleteSsoConnector',
    { ssoConnectorId: id, members },
    '... on DeleteSsoConnectorPayload { settledMembersCount }',
  )
const statusOf = async (w: SsoWorld, id: string) =>
  (await w.owner.query('query($id: ID!) { node(id: $id) { ... on Membership { status } } }', { id })).node?.status ??
  null

test('who came through a connector is counted before, and stays where nothing is said', async () => {
  const { w, connector, members } = await provisioned(['ada', 'grace'])
  const query = `query($id: ID!) { node(id: $id) { ... on SsoConnector { ${counts} } } }`
  const { node } = await w.owner.query(query, { id: connector.id })
  expect(node.provisionedMembers).toEqual({ totalCount: 2, ownersCount: 0, holdsLastOwner: false })
  const { result, audit } = await written(w, () => remove(w.owner, connector))
  expect(result.settledMembersCount).toBe(0)
  expect(audit.map(entry => entry.action)).toEqual(['SSO_CONNECTOR_DELETED'])
  for (const { membershipId } of members) expect(await statusOf(w, membershipId)).toBe('ACTIVE')
})

test.each([
  ['SUSPEND', 'MEMBER_SUSPENDED', 'SUSPENDED'],
  ['REMOVE', 'MEMBER_REMOVED', null],
] as const)('%s: as one by one, with an entry and an event for each, and nobody else', async (fate, action, status) => {
  const { w, connector, members, guest } = await provisioned(['ada', 'grace'])
  const { result, audit, outbox } = await written(w, () => remove(w.owner, connector, fate))
  expect(result).toMatchObject({ __typename: 'DeleteSsoConnectorPayload', settledMembersCount: 2 })
  for (const log of [audit.map(one => one.action), outbox.map(one => one.type)])
    expect(log).toEqual([action, action, 'SSO_CONNECTOR_DELETED'])
  for (const { membershipId } of members) expect(await statusOf(w, membershipId)).toBe(status)
  expect(await statusOf(w, guest.membershipId)).toBe('ACTIVE')
})

test('in as many statements for ten members as for two', async () => {
  const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']
  const made = []
  for (const names of [many.slice(0, 2), many]) {
    const { w, connector } = await provisioned(names)
    w.statements.splice(0)
    await remove(w.owner, connector, 'REMOVE')
    made.push(w.statements.map(one => one.name))
  }
  expect(made[1]).toEqual(made[0])
})

test('the last owner is protected, and whoever does it stays (MEM-6)', async () => {
  const { w, connector, boss } = await enforced()
  await cameBy(w, boss.membershipId, 'SSO')
  const query = `query($id: ID!) { node(id: $id) { ... on SsoConnector { ${counts} } } }`
  await w.owner.mutate('removeMember', { membershipId: w.owner.membershipId })
  const { node } = await boss.query(query, { id: connector.id })
  expect(node.provisionedMembers).toEqual({ totalCount: 1, ownersCount: 1, holdsLastOwner: true })
  expect(await remove(w.operator as SsoWorld['owner'], connector, 'REMOVE')).toMatchObject({
    __typename: 'LastOwnerError',
  })
  const by = { ...boss, ...w.owner, mutate: boss.mutate }
  expect(await remove(by, connector, 'REMOVE')).toMatchObject({ settledMembersCount: 0 })
})

test('nobody removes so whom they could not remove one by one (MEM-7)', async () => {
  const { w, connector, boss } = await enforced()
  await cameBy(w, boss.membershipId, 'SSO')
  for (const [permissions, code] of [
    [['sso:read', 'sso:manage', 'member:read'], 'FORBIDDEN'],
    [['sso:read', 'sso:manage', 'member:read', 'member:remove'], 'FORBIDDEN'],
  ] as const) {
    const role = `Role ${permissions.length} ${uuidOf(connector.id)}`
    await w.acme.customRole([...permissions], { name: role })
    const admin = await w.acme.member({ roles: [role] })
    expect(await admin.refusal('deleteSsoConnector', { ssoConnectorId: connector.id, members: 'REMOVE' })).toBe(code)
  }
  expect(await statusOf(w, boss.membershipId)).toBe('ACTIVE')
})

test('sessions that came through a deleted connector end, and no others', async () => {
  const { w, connector, domain } = await provisioned([])
  const ada = await byCode(w, connector, `ada@${domain}`)
  w.idp.person = employee(`ada@${domain}`)
  const through = await signInThrough(w, `ada@${domain}`)
  await remove(w.owner, connector)
  expect(await refreshed({ config: ada.config, tokens: through.tokens })).toBe('invalid_grant')
  expect(await refreshed(ada)).toBe('tokens')
})

test('who came by a domain goes with it, and nobody who came by another that covers less', async () => {
  const w = await ssoWorld()
  const name = newDomain()
  const [wide, narrow] = [await claim(w.owner, w.acme, `*.${name}`), await claim(w.owner, w.acme, `eu.${name}`)]
  for (const one of [wide, narrow]) await vouch(w.operator, one)
  await provisions(w.owner, w.acme, { isEnabled: true, emailDomainIds: [wide.id, narrow.id] })
  const ids = []
  for (const email of [`ada@us.${name}`, `grace@eu.${name}`])
    for (const { id } of await membershipsOf(await w.person(email))) ids.push(id)
  const query = `query($id: ID!) { node(id: $id) { ... on EmailDomain { ${counts} } } }`
  expect((await w.owner.query(query, { id: wide.id })).node.provisionedMembers.totalCount).toBe(1)
  const selection = '... on RemoveEmailDomainPayload { settledMembersCount }'
  const removed = await w.owner.mutate('removeEmailDomain', { emailDomainId: wide.id, members: 'REMOVE' }, selection)
  expect(removed.settledMembersCount).toBe(1)
  expect([await statusOf(w, ids[0]), await statusOf(w, ids[1])]).toEqual([null, 'ACTIVE'])
})
