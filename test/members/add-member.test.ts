import { expect, test } from 'vitest'
import { memberWith, missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { named } from '../kit/people.ts'
import { actionsOf, limitSeats, nothing, sql } from '../kit/rows.ts'
import { type Person, type World, world } from '../kit/world.ts'

const add = 'addMember'
const selection =
  '... on AddMemberPayload { membership { id origin isOwner roles { name } addedBy { id } organization { id } principal { id } } }'
const notAssignable = '... on RoleNotAssignableError { roleIds }'
const escalation = '... on PermissionEscalationError { missing { key } }'

/** Somebody whom the viewer knows from another organization. */
async function acquaintanceOf(w: World, viewer: Person): Promise<string> {
  const elsewhere = await w.organization(viewer)
  return (await elsewhere.member()).id()
}
const membershipsOf = (w: World, userId: string) =>
  sql(w, 'select id from membership where principal_id = $1', [uuidOf(userId)])

test('an operator adds any user, with the default role when none is named (MEM-2, TPL-8)', async () => {
  const w = await world()
  const userId = await (await w.person()).id()
  const { membership } = await w.operator.mutate(add, { organizationId: w.acme.id, userId }, selection)
  expect(membership).toMatchObject({
    origin: 'OPERATOR',
    isOwner: false,
    roles: [{ name: 'Member' }],
    addedBy: { id: await w.operator.id() },
    organization: { id: w.acme.id },
    principal: { id: userId },
  })
})

test('an admin adds somebody they know, and it is told apart from an operator’s doing (MEM-2)', async () => {
  const w = await world()
  const userId = await acquaintanceOf(w, w.owner)
  const roleIds = [await w.roleId('Admin'), await w.roleId('Member')]
  const { membership } = await w.owner.mutate(add, { organizationId: w.acme.id, userId, roleIds }, selection)
  expect(membership).toMatchObject({ origin: 'ADMIN', addedBy: { id: await w.owner.id() } })
  expect(membership.roles).toHaveLength(2)
})

test('no roles at all is a choice, and gives no permission (TPL-8)', async () => {
  const w = await world()
  const person = await w.person()
  const input = { organizationId: w.acme.id, userId: await person.id(), roleIds: [] }
  expect((await w.operator.mutate(add, input, selection)).membership.roles).toEqual([])
  const query =
    'query($id: ID!) { organization(by: { id: $id }) { name viewerPermissions { key } members { totalCount } } }'
  const { organization } = await person.query(query, w.acme)
  expect(organization).toMatchObject({ viewerPermissions: [], members: null })
})

test('a role named twice is held once (ROL-1)', async () => {
  const w = await world()
  const admin = await w.roleId('Admin')
  const input = { organizationId: w.acme.id, userId: await (await w.person()).id(), roleIds: [admin, admin] }
  expect((await w.operator.mutate(add, input, selection)).membership.roles).toEqual([{ name: 'Admin' }])
})

test('a custom role of the organization can be given on the way in (TPL-9)', async () => {
  const w = await world()
  const roleId = await w.acme.customRole(['member:read'], { name: 'Scout' })
  const input = { organizationId: w.acme.id, userId: await (await w.person()).id(), roleIds: [roleId] }
  expect((await w.operator.mutate(add, input, selection)).membership.roles).toEqual([{ name: 'Scout' }])
})

test('adding is one audit entry and one event (MGT-3)', async () => {
  const w = await world()
  const person = await named(w, 'nora.new')
  const userId = await person.id()
  const organizationId = uuidOf(w.acme.id)
  const { result, audit, outbox } = await written(w, () =>
    w.operator.mutate(add, { organizationId: w.acme.id, userId }, selection),
  )
  expect(audit).toEqual([
    {
      where: organizationId,
      action: 'MEMBER_ADDED',
      actor: 'Operator',
      target: 'Membership Nora New',
      changes: [
        { field: 'origin', before: null, after: 'OPERATOR' },
        { field: 'roles', before: null, after: 'Member' },
      ],
    },
  ])
  const membershipId = uuidOf(result.membership.id)
  const roleIds = [uuidOf(await w.roleId('Member'))]
  const payload = { organizationId, membershipId, principalId: uuidOf(userId), origin: 'OPERATOR', roleIds }
  expect(outbox).toEqual([expect.objectContaining({ where: organizationId, type: 'MEMBER_ADDED', payload })])
})

test('a member cannot be added again: the error has the membership, and there is no second row (MEM-1)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const userId = await member.id()
  const input = { organizationId: w.acme.id, userId, roleIds: [await w.roleId('Owner')] }
  const already = '... on AlreadyMemberError { membership { id roles { name } } }'
  const { result, ...journal } = await written(w, () => w.operator.mutate(add, input, already))
  expect(result).toMatchObject({
    __typename: 'AlreadyMemberError',
    membership: { id: member.membershipId, roles: [{ name: 'Member' }] },
  })
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await membershipsOf(w, userId)).toHaveLength(1)
})

test('roles unknown, of machines, or of another organization are named, and nothing is given (ROL-2, MEM-10)', async () => {
  const w = await world()
  const foreign = await (await w.organization(w.owner)).customRole(['member:read'])
  const wrong = [missingId('OrganizationRole'), await w.roleId('Service'), foreign]
  const userId = await (await w.person()).id()
  const input = { organizationId: w.acme.id, userId, roleIds: [await w.roleId('Member'), ...wrong] }
  const { result, ...journal } = await written(w, () => w.operator.mutate(add, input, notAssignable))
  expect(result.__typename).toBe('RoleNotAssignableError')
  expect(result.roleIds.toSorted()).toEqual(wrong.toSorted())
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await membershipsOf(w, userId)).toEqual([])
})

test('nobody adds with a role that permits more than they hold, not even the default role (ROL-3)', async () => {
  const w = await world()
  const adder = await memberWith(w.acme, ['member:add'])
  const userId = await acquaintanceOf(w, adder)
  const organizationId = w.acme.id
  const roleIds = [await w.roleId('Owner')]
  const { result, ...journal } = await written(w, async () => [
    await adder.mutate(add, { organizationId, userId }, escalation),
    await adder.mutate(add, { organizationId, userId, roleIds }, escalation),
  ])
  expect(result[0]).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'member:read' }] })
  expect(result[1]?.missing.map((permission: { key: string }) => permission.key)).toContain('organization:delete')
  expect(actionsOf(journal)).toEqual({ audit: ['WRITE_REFUSED', 'WRITE_REFUSED'], outbox: [] })
  expect(await membershipsOf(w, userId)).toHaveLength(1)
  expect((await adder.mutate(add, { organizationId, userId, roleIds: [] })).__typename).toBe('AddMemberPayload')
})

test('a full organization takes nobody in; a raised limit does (MEM-3)', async () => {
  const w = await world()
  await limitSeats(w, w.acme, 1)
  const input = { organizationId: w.acme.id, userId: await (await w.person()).id() }
  const seats = '... on SeatLimitReachedError { seatLimit }'
  const { result, ...journal } = await written(w, () => w.operator.mutate(add, input, seats))
  expect(result).toMatchObject({ __typename: 'SeatLimitReachedError', seatLimit: 1 })
  expect(actionsOf(journal)).toEqual(nothing)
  await limitSeats(w, w.acme, 2)
  expect((await w.operator.mutate(add, input)).__typename).toBe('AddMemberPayload')
})
