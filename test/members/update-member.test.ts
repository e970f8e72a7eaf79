import { expect, test } from 'vitest'
import { memberWith } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { type Person, world } from '../kit/world.ts'

const update = (by: Person, membershipId: string, customData?: object) =>
  by.mutate(
    'updateMember',
    { membershipId, customData },
    '... on UpdateMemberPayload { membership { customData } } ... on InvalidInputError { issues { path } }',
  )
const read = 'query($id: ID!) { node(id: $id) { ... on Membership { customData viewerCanUpdate } } }'

test('custom data of a member is replaced whole or patched, and is their own in each organization (ORG-2)', async () => {
  const w = await world()
  const { membershipId } = await w.acme.member()
  expect((await w.owner.query(read, { id: membershipId })).node.customData).toEqual({})
  await update(w.owner, membershipId, { replace: { desk: 4, badge: { color: 'red', number: 7 } } })
  const patched = await update(w.owner, membershipId, { merge: { desk: null, badge: { color: 'blue' } } })
  expect(patched.membership.customData).toEqual({ badge: { color: 'blue', number: 7 } })
  expect((await w.owner.query(read, { id: w.owner.membershipId })).node.customData).toEqual({})
})

test('a change is one audit entry and one event; none is none (MGT-3, ORG-5)', async () => {
  const w = await world()
  const { membershipId } = await w.acme.member()
  const change = { replace: { desk: 4 } }
  const { audit, outbox } = await written(w, () => update(w.owner, membershipId, change))
  const changes = [{ field: 'customData', before: '{}', after: '{"desk":4}' }]
  expect(audit).toMatchObject([{ action: 'MEMBER_UPDATED', changes }])
  expect(outbox).toMatchObject([{ type: 'MEMBER_UPDATED', payload: { fields: ['customData'] } }])
  expect(actionsOf(await written(w, () => update(w.owner, membershipId, change)))).toEqual(nothing)
  expect(actionsOf(await written(w, () => update(w.owner, membershipId)))).toEqual(nothing)
})

test('it has at most 16 KiB and 8 levels (ORG-2)', async () => {
  const w = await world()
  const { membershipId } = await w.acme.member()
  const deep = Array.from({ length: 9 }).reduce<object>(inner => ({ inner }), {})
  for (const customData of [{ replace: { text: 'x'.repeat(16_384) } }, { replace: deep }, { merge: deep }]) {
    const result = await update(w.owner, membershipId, customData)
    expect(result).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: ['input', 'customData'] }] })
  }
})

test('member:update is what it takes; the member reads their own, and nobody else without member:read', async () => {
  const w = await world()
  const clerk = await memberWith(w.acme, ['member:read', 'member:update'])
  const reader = await memberWith(w.acme, ['member:read'])
  const bare = await w.acme.member({ roles: [] })
  const blind = await memberWith(w.acme, ['member:update'])
  const input = { membershipId: bare.membershipId, customData: { replace: { desk: 4 } } }
  for (const by of [reader, bare])
    expect((await refusalOf(by, 'updateMember', input)).extensions).toMatchObject({ permission: 'member:update' })
  expect((await refusalOf(blind, 'updateMember', input)).extensions.code).toBe('NOT_FOUND')
  expect((await update(clerk, bare.membershipId, input.customData)).__typename).toBe('UpdateMemberPayload')
  const sights = await Promise.all([clerk, reader, bare, blind].map(by => by.query(read, { id: bare.membershipId })))
  expect(sights.map(({ node }) => node)).toEqual([
    { customData: { desk: 4 }, viewerCanUpdate: true },
    { customData: { desk: 4 }, viewerCanUpdate: false },
    { customData: { desk: 4 }, viewerCanUpdate: false },
    null,
  ])
})

test('who adds a member without member:read is not shown what is kept of them', async () => {
  const w = await world()
  const member = await w.acme.member()
  await update(w.owner, member.membershipId, { replace: { salary: 1 } })
  const adder = await memberWith(w.acme, ['member:add'])
  const elsewhere = await w.organization(adder)
  const userId = await member.id()
  await w.operator.mutate('addMember', { organizationId: elsewhere.id, userId })
  const already = '... on AlreadyMemberError { membership { customData } }'
  const result = await adder.mutate('addMember', { organizationId: w.acme.id, userId }, already)
  expect(result).toMatchObject({ __typename: 'AlreadyMemberError', membership: null })
})

test('patches at once lose nothing of one another (ORG-2)', async () => {
  const w = await world()
  const { membershipId } = await w.acme.member()
  const keys = Array.from({ length: 12 }, (_, index) => `k${index}`)
  await Promise.all(keys.map(key => update(w.owner, membershipId, { merge: { [key]: 1 } })))
  const { node } = await w.owner.query(read, { id: membershipId })
  expect(node.customData).toEqual(Object.fromEntries(keys.map(key => [key, 1])))
})
