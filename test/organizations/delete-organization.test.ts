import { expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { memberWith, missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, refusedOnly, sql } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const remove = 'deleteOrganization'
const selection =
  '... on DeleteOrganizationPayload { deletedOrganizationId organization { slug version deletedAt purgesAt } }'
const byId = 'query($id: ID!) { organization(by: { id: $id }) { id } node(id: $id) { id } }'

test('a deleted organization is gone for everybody but operators, at once (ORG-6)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const result = await w.owner.mutate(remove, { organizationId: w.acme.id }, selection)
  expect(result).toMatchObject({ deletedOrganizationId: w.acme.id, organization: null })
  for (const viewer of [w.owner, member]) {
    expect(await viewer.query(byId, w.acme)).toEqual({ organization: null, node: null })
    const { viewer: own } = await viewer.query('{ viewer { memberships { totalCount nodes { id } } } }')
    expect(own.memberships).toEqual({ totalCount: 0, nodes: [] })
  }
  expect((await w.operator.query(byId, w.acme)).organization).toEqual({ id: w.acme.id })
})

test('an operator reads when it was deleted and until when it can be restored (ORG-6)', async () => {
  const clock = testClock(new Date('2030-01-31T08:00:00.250Z'))
  const w = await world({ isolated: true, clock, env: { RESTORE_DAYS: '14' } })
  const { organization } = await w.operator.mutate(remove, { organizationId: w.acme.id }, selection)
  expect(organization).toEqual({
    slug: w.acme.slug,
    version: 2,
    deletedAt: '2030-01-31T08:00:00.250Z',
    purgesAt: '2030-02-14T08:00:00.250Z',
  })
})

test('its members, roles and custom data are kept for a restore (ORG-6)', async () => {
  const w = await world()
  await memberWith(w.acme, ['member:read'])
  const rows = () =>
    sql(w, 'select membership_id, role_id from membership_role where organization_id = $1 order by 1, 2', [
      uuidOf(w.acme.id),
    ])
  const before = await rows()
  await w.owner.mutate(remove, { organizationId: w.acme.id })
  expect(before).toHaveLength(2)
  expect(await rows()).toEqual(before)
})

test('its slug stays taken (ORG-6)', async () => {
  const { acme, owner } = await world()
  await owner.mutate(remove, { organizationId: acme.id })
  const result = await owner.mutate('createOrganization', { name: 'Again', slug: acme.slug })
  expect(result.__typename).toBe('SlugTakenError')
})

test('deleting is one audit entry and one event (MGT-3)', async () => {
  const w = await world()
  const { audit, outbox } = await written(w, () => w.owner.mutate(remove, { organizationId: w.acme.id }))
  expect(actionsOf({ audit, outbox })).toEqual({ audit: ['ORGANIZATION_DELETED'], outbox: ['ORGANIZATION_DELETED'] })
  expect(audit[0]).toMatchObject({ where: uuidOf(w.acme.id), target: expect.stringMatching(/^Organization Acme/) })
  expect(outbox[0]?.payload).toEqual({ organizationId: uuidOf(w.acme.id) })
})

test('nothing changes in a deleted organization, not even by an operator (ORG-6)', async () => {
  const w = await world()
  const { id: organizationId } = w.acme
  const { membershipId } = await w.acme.member()
  await w.owner.mutate(remove, { organizationId })
  const attempts: [name: string, input: object][] = [
    [remove, { organizationId }],
    ['updateOrganization', { organizationId, name: 'Undead' }],
    ['setSeatLimit', { organizationId, seatLimit: 5 }],
    ['addMember', { organizationId, userId: await (await w.person()).id() }],
    ['changeMemberRoles', { membershipId, addRoleIds: [await w.roleId('Admin')] }],
    ['replaceMemberRoles', { membershipId, roleIds: [] }],
    ['removeMember', { membershipId }],
  ]
  const { result, ...journal } = await written(w, async () => {
    const codes: string[] = []
    for (const [name, input] of attempts) codes.push(await w.operator.refusal(name, input))
    return codes
  })
  expect(result).toEqual(attempts.map(() => 'NOT_FOUND'))
  expect(actionsOf(journal)).toEqual(nothing)
  const can =
    'viewerCanUpdate viewerCanDelete viewerCanInvite viewerCanAddMembers viewerCanManageRoles viewerCanLeave viewerCanSetSeatLimit'
  const query = `query($id: ID!) { organization(by: { id: $id }) { ${can} members { nodes { viewerCanChangeRoles viewerCanRemove } } } }`
  const { organization } = await w.operator.query(query, w.acme)
  expect(JSON.stringify(organization)).not.toContain('true')
})

test('an operator who is a member of a deleted organization does not leave it: a restore brings all back (ORG-6)', async () => {
  const w = await world()
  const input = { organizationId: w.acme.id, userId: await w.operator.id() }
  const { membership } = await w.operator.mutate('addMember', input, '... on AddMemberPayload { membership { id } }')
  await w.owner.mutate(remove, { organizationId: w.acme.id })
  const query =
    'query($id: ID!) { organization(by: { id: $id }) { viewerCanLeave viewerMembership { viewerCanRemove } } }'
  expect(await w.operator.query(query, w.acme)).toEqual({
    organization: { viewerCanLeave: false, viewerMembership: { viewerCanRemove: false } },
  })
  expect(await w.operator.refusal('removeMember', { membershipId: membership.id })).toBe('NOT_FOUND')
})

test('deleting twice is NOT_FOUND the second time, for its owner and for an operator (ORG-6)', async () => {
  const w = await world()
  await w.owner.mutate(remove, { organizationId: w.acme.id })
  const { result, ...journal } = await written(w, async () => [
    await w.owner.refusal(remove, { organizationId: w.acme.id }),
    await w.operator.refusal(remove, { organizationId: w.acme.id }),
  ])
  expect(result).toEqual(['NOT_FOUND', 'NOT_FOUND'])
  expect(actionsOf(journal)).toEqual(nothing)
})

test('organization:delete is what it takes: an admin, who holds all else, may not', async () => {
  const w = await world()
  const admin = await w.acme.member({ roles: ['Admin'] })
  const { result, ...journal } = await written(w, () => refusalOf(admin, remove, { organizationId: w.acme.id }))
  expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'organization:delete' })
  expect(actionsOf(journal)).toEqual(refusedOnly)
  const may = await memberWith(w.acme, ['organization:delete'])
  expect((await may.mutate(remove, { organizationId: w.acme.id })).__typename).toBe('DeleteOrganizationPayload')
})

test('a foreign organization answers like one that does not exist', async () => {
  const w = await world()
  const foreign = await w.organization(await w.person())
  const { result, ...journal } = await written(w, async () => [
    await refusalOf(w.owner, remove, { organizationId: foreign.id }),
    await refusalOf(w.owner, remove, { organizationId: missingId('Organization') }),
  ])
  expect(result[0]).toEqual(result[1])
  expect(result[0]?.extensions.code).toBe('NOT_FOUND')
  expect(actionsOf(journal)).toEqual(nothing)
})

test('the id of something else is BAD_USER_INPUT; without a token it is UNAUTHENTICATED', async () => {
  const { acme, owner, anonymous } = await world()
  for (const organizationId of [owner.membershipId, 'nonsense', `${acme.id}AA`])
    expect(await owner.refusal(remove, { organizationId })).toBe('BAD_USER_INPUT')
  expect(await anonymous().refusal(remove, { organizationId: acme.id })).toBe('UNAUTHENTICATED')
})
