import { expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { memberWith, missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { named, refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, refusedOnly } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const suspend = 'suspendMember'
const restore = 'restoreMember'
const shown = 'membership { id status suspendedAt roles { name } permissions { key } isOwner }'
const suspended = `... on SuspendMemberPayload { ${shown} }`
const restored = `... on RestoreMemberPayload { ${shown} }`

test('a suspended member keeps membership and roles, and holds no permission (MEM-11)', async () => {
  const clock = testClock(new Date('2030-05-01T10:00:00.120Z'))
  const w = await world({ isolated: true, clock })
  const member = await w.acme.member()
  clock.advance({ hours: 1 })
  const result = await w.owner.mutate(suspend, { membershipId: member.membershipId }, suspended)
  expect(result.membership).toEqual({
    id: member.membershipId,
    status: 'SUSPENDED',
    suspendedAt: '2030-05-01T11:00:00.120Z',
    roles: [{ name: 'Member' }],
    permissions: [],
    isOwner: false,
  })
})

test('a restored member has the access back that the roles permit (MEM-11)', async () => {
  const w = await world()
  const member = await w.acme.member()
  await w.owner.mutate(suspend, { membershipId: member.membershipId })
  const result = await w.owner.mutate(restore, { membershipId: member.membershipId }, restored)
  expect(result.membership).toEqual({
    id: member.membershipId,
    status: 'ACTIVE',
    suspendedAt: null,
    roles: [{ name: 'Member' }],
    permissions: [{ key: 'member:read' }],
    isOwner: false,
  })
  const { organization } = await member.query(
    'query($id: ID!) { organization(by: { id: $id }) { members { totalCount } } }',
    w.acme,
  )
  expect(organization.members.totalCount).toBe(2)
})

test('each is one audit entry and one event, with the name of the member (MGT-3)', async () => {
  const w = await world()
  const person = await named(w, 'sue.spended')
  const input = { organizationId: w.acme.id, userId: await person.id() }
  const { membership } = await w.operator.mutate('addMember', input, '... on AddMemberPayload { membership { id } }')
  const payload = {
    organizationId: uuidOf(w.acme.id),
    membershipId: uuidOf(membership.id),
    principalId: uuidOf(input.userId),
  }
  for (const [name, action] of [
    [suspend, 'MEMBER_SUSPENDED'],
    [restore, 'MEMBER_RESTORED'],
  ] as const) {
    const { audit, outbox } = await written(w, () => w.owner.mutate(name, { membershipId: membership.id }))
    expect(audit).toEqual([
      expect.objectContaining({ where: uuidOf(w.acme.id), action, target: 'Membership Sue Spended', changes: [] }),
    ])
    expect(outbox).toEqual([{ where: uuidOf(w.acme.id), type: action, payload }])
  }
})

test('a suspended member cannot be suspended, nor an active one restored, and nothing changes', async () => {
  const w = await world()
  const { membershipId } = await w.acme.member()
  const refused = async (name: string) => {
    const { result, ...journal } = await written(w, () => w.owner.mutate(name, { membershipId }))
    expect(actionsOf(journal)).toEqual(nothing)
    return [result.__typename, result.message]
  }
  expect(await refused(restore)).toEqual(['InvalidInputError', 'input.membershipId: This member is not suspended.'])
  await w.owner.mutate(suspend, { membershipId })
  expect(await refused(suspend)).toEqual(['InvalidInputError', 'input.membershipId: This member is suspended already.'])
})

test('the last active owner cannot be suspended, not even by an operator (MEM-6)', async () => {
  const w = await world()
  const { result, ...journal } = await written(w, () =>
    w.operator.mutate(suspend, { membershipId: w.owner.membershipId }),
  )
  expect(result.__typename).toBe('LastOwnerError')
  expect(actionsOf(journal)).toEqual(refusedOnly)
  const { node } = await w.owner.query('query($id: ID!) { node(id: $id) { ... on Membership { status } } }', {
    id: w.owner.membershipId,
  })
  expect(node.status).toBe('ACTIVE')
})

test('a suspended owner is no owner to rely on: the last active one can neither go nor lose the role (MEM-6)', async () => {
  const w = await world()
  const second = await w.acme.member({ roles: ['Owner'] })
  await w.owner.mutate(suspend, { membershipId: second.membershipId })
  const membershipId = w.owner.membershipId
  const ownerRole = await w.roleId('Owner')
  const ways: [string, object][] = [
    ['removeMember', { membershipId }],
    ['changeMemberRoles', { membershipId, removeRoleIds: [ownerRole] }],
    ['replaceMemberRoles', { membershipId, roleIds: [] }],
  ]
  for (const [name, input] of ways) expect((await w.owner.mutate(name, input)).__typename).toBe('LastOwnerError')
  const removed = await w.owner.mutate('removeMember', { membershipId: second.membershipId })
  expect(removed.__typename).toBe('RemoveMemberPayload')
})

test('nobody suspends themselves, nor an operator who is a member (MEM-11)', async () => {
  const w = await world()
  await w.acme.member({ roles: ['Owner'] })
  const own = { membershipId: w.owner.membershipId }
  expect((await refusalOf(w.owner, suspend, own)).extensions.code).toBe('FORBIDDEN')
  const added = await w.operator.mutate(
    'addMember',
    { organizationId: w.acme.id, userId: await w.operator.id() },
    '... on AddMemberPayload { membership { id } }',
  )
  const ofOperator = { membershipId: added.membership.id }
  await w.owner.mutate(suspend, ofOperator)
  expect((await refusalOf(w.operator, restore, ofOperator)).extensions.code).toBe('FORBIDDEN')
})

test('nobody suspends or restores a member whose roles permit what they lack; the refusal names it (MEM-7)', async () => {
  const w = await world()
  const clerk = await memberWith(w.acme, ['member:read', 'member:suspend'])
  const auditor = await memberWith(w.acme, ['audit:read'])
  const input = { membershipId: auditor.membershipId }
  const missing = { code: 'FORBIDDEN', missing: ['audit:read'] }
  const { result, ...journal } = await written(w, () => refusalOf(clerk, suspend, input))
  expect(result.extensions).toMatchObject(missing)
  expect(actionsOf(journal)).toEqual(refusedOnly)
  await w.owner.mutate(suspend, input)
  expect((await refusalOf(clerk, restore, input)).extensions).toMatchObject(missing)
  const equal = await memberWith(w.acme, ['member:read', 'member:suspend'])
  for (const [name, payload] of [
    [suspend, 'SuspendMemberPayload'],
    [restore, 'RestoreMemberPayload'],
  ] as const)
    expect((await clerk.mutate(name, { membershipId: equal.membershipId })).__typename).toBe(payload)
})

test('member:suspend is what it takes', async () => {
  const w = await world()
  const clerk = await memberWith(w.acme, ['member:read', 'member:remove', 'member:assign-role', 'member:add'])
  const target = await w.acme.member()
  for (const name of [suspend, restore]) {
    const refusal = await refusalOf(clerk, name, { membershipId: target.membershipId })
    expect(refusal.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'member:suspend' })
  }
})

test('a membership elsewhere, one that is gone, and one that one cannot see are NOT_FOUND, and alike (MEM-5)', async () => {
  const w = await world()
  const foreign = await (await w.organization(await w.person())).member()
  const gone = await w.acme.member()
  await w.owner.mutate('removeMember', { membershipId: gone.membershipId })
  const blind = await memberWith(w.acme, ['member:suspend'])
  const target = await w.acme.member({ roles: [] })
  for (const name of [suspend, restore]) {
    const refusals = [
      await refusalOf(w.owner, name, { membershipId: foreign.membershipId }),
      await refusalOf(w.owner, name, { membershipId: gone.membershipId }),
      await refusalOf(w.owner, name, { membershipId: missingId('Membership') }),
      await refusalOf(blind, name, { membershipId: target.membershipId }),
    ]
    expect(refusals[0]?.extensions.code).toBe('NOT_FOUND')
    for (const refusal of refusals) expect(refusal).toEqual(refusals[0])
  }
})

test('lists tell active and suspended members apart, and show both unless filtered (MEM-8)', async () => {
  const w = await world()
  const { membershipId } = await w.acme.member()
  await w.owner.mutate(suspend, { membershipId })
  const query = `query($id: ID!) { organization(by: { id: $id }) {
    all: members { totalCount }
    active: members(filter: { status: ACTIVE }) { totalCount nodes { id status } }
    suspended: members(filter: { status: SUSPENDED }) { totalCount nodes { id status } } } }`
  expect((await w.owner.query(query, w.acme)).organization).toEqual({
    all: { totalCount: 2 },
    active: { totalCount: 1, nodes: [{ id: w.owner.membershipId, status: 'ACTIVE' }] },
    suspended: { totalCount: 1, nodes: [{ id: membershipId, status: 'SUSPENDED' }] },
  })
})

test('a suspended machine has no access either (MEM-11)', async () => {
  const w = await world()
  const machine = await w.machine()
  const input = { organizationId: w.acme.id, applicationId: await machine.id(), roleIds: [await w.roleId('Service')] }
  const added = await w.operator.mutate(
    'addMachineMember',
    input,
    '... on AddMachineMemberPayload { membership { id } }',
  )
  const query = 'query($id: ID!) { organization(by: { id: $id }) { members { totalCount } } }'
  expect((await machine.query(query, w.acme)).organization).toEqual({ members: { totalCount: 2 } })
  await w.owner.mutate(suspend, { membershipId: added.membership.id })
  expect((await machine.query(query, w.acme)).organization).toBeNull()
})
