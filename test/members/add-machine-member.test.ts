import { expect, test } from 'vitest'
import { memberWith, missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, limitSeats, nothing, refusedOnly } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'

const add = 'addMachineMember'
const selection =
  '... on AddMachineMemberPayload { membership { id origin isOwner roles { name } principal { id displayName } } }'

/** A machine that acme's owner knows: it is a member of another organization of theirs. */
async function knownMachine(w: World) {
  const machine = await w.machine()
  const elsewhere = await w.organization(w.owner)
  await w.operator.mutate(add, { organizationId: elsewhere.id, applicationId: await machine.id(), roleIds: [] })
  return machine
}

test('a machine becomes a member with roles for machines, and acts there (MEM-10)', async () => {
  const w = await world()
  const machine = await w.machine()
  const input = { organizationId: w.acme.id, applicationId: await machine.id(), roleIds: [await w.roleId('Service')] }
  const { membership } = await w.operator.mutate(add, input, selection)
  expect(membership).toMatchObject({
    origin: 'OPERATOR',
    isOwner: false,
    roles: [{ name: 'Service' }],
    principal: { id: input.applicationId, displayName: 'Sync' },
  })
  const query = 'query($id: ID!) { organization(by: { id: $id }) { viewerPermissions { key } members { totalCount } } }'
  expect(await machine.query(query, w.acme)).toEqual({
    organization: { viewerPermissions: [{ key: 'member:read' }], members: { totalCount: 2 } },
  })
})

test('a machine without roles is a member without permissions: no default role is for machines (TPL-8)', async () => {
  const w = await world()
  const machine = await w.machine()
  const input = { organizationId: w.acme.id, applicationId: await machine.id(), roleIds: [] }
  expect((await w.operator.mutate(add, input, selection)).membership.roles).toEqual([])
})

test('adding a machine is one audit entry and one event (MGT-3)', async () => {
  const w = await world()
  const machine = await knownMachine(w)
  const applicationId = await machine.id()
  const roleIds = [await w.roleId('Service')]
  const { audit, outbox } = await written(w, () =>
    w.owner.mutate(add, { organizationId: w.acme.id, applicationId, roleIds }),
  )
  expect(actionsOf({ audit, outbox })).toEqual({ audit: ['MEMBER_ADDED'], outbox: ['MEMBER_ADDED'] })
  expect(audit[0]).toMatchObject({ target: 'Membership Sync', changes: [{ after: 'ADMIN' }, { after: 'Service' }] })
  expect(outbox[0]?.payload).toMatchObject({ principalId: uuidOf(applicationId), roleIds: roleIds.map(uuidOf) })
})

test('a machine cannot be added again (MEM-1)', async () => {
  const w = await world()
  const input = { organizationId: w.acme.id, applicationId: await (await w.machine()).id(), roleIds: [] }
  const { membership } = await w.operator.mutate(add, input, selection)
  const already = '... on AlreadyMemberError { membership { id } }'
  const { result, ...journal } = await written(w, () => w.operator.mutate(add, input, already))
  expect(result).toMatchObject({ __typename: 'AlreadyMemberError', membership: { id: membership.id } })
  expect(actionsOf(journal)).toEqual(nothing)
})

test('roles for people, unknown ones and those of another organization are named (ROL-2, MEM-10)', async () => {
  const w = await world()
  const other = await w.organization(w.owner)
  const foreign = await other.customRole(['member:read'], { kind: 'MACHINE' })
  const wrong = [await w.roleId('Owner'), await w.roleId('Member'), missingId('OrganizationRole'), foreign]
  const applicationId = await (await w.machine()).id()
  const input = { organizationId: w.acme.id, applicationId, roleIds: [await w.roleId('Service'), ...wrong] }
  const { result, ...journal } = await written(w, () =>
    w.operator.mutate(add, input, '... on RoleNotAssignableError { roleIds }'),
  )
  expect(result.__typename).toBe('RoleNotAssignableError')
  expect(result.roleIds.toSorted()).toEqual(wrong.toSorted())
  expect(actionsOf(journal)).toEqual(nothing)
})

test('nobody gives a machine more than they hold (ROL-3)', async () => {
  const w = await world()
  const adder = await memberWith(w.acme, ['member:add'])
  const elsewhere = await w.organization(adder)
  const applicationId = await (await w.machine()).id()
  await w.operator.mutate(add, { organizationId: elsewhere.id, applicationId, roleIds: [] })
  const input = { organizationId: w.acme.id, applicationId, roleIds: [await w.roleId('Service')] }
  const { result, ...journal } = await written(w, () =>
    adder.mutate(add, input, '... on PermissionEscalationError { missing { key } }'),
  )
  expect(result).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'member:read' }] })
  expect(actionsOf(journal)).toEqual(refusedOnly)
})

test('a machine takes a seat like anybody else (MEM-3)', async () => {
  const w = await world()
  await limitSeats(w, w.acme, 1)
  const input = { organizationId: w.acme.id, applicationId: await (await w.machine()).id(), roleIds: [] }
  const result = await w.operator.mutate(add, input, '... on SeatLimitReachedError { seatLimit }')
  expect(result).toMatchObject({ __typename: 'SeatLimitReachedError', seatLimit: 1 })
})

test('member:add is what it takes', async () => {
  const w = await world()
  const member = await memberWith(w.acme, ['member:read', 'member:remove', 'member:assign-role'])
  const input = { organizationId: w.acme.id, applicationId: await (await knownMachine(w)).id(), roleIds: [] }
  const { result, ...journal } = await written(w, () => refusalOf(member, add, input))
  expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'member:add' })
  expect(actionsOf(journal)).toEqual(refusedOnly)
})

test('a machine unknown to the viewer, none at all, and a user dressed up as one answer alike', async () => {
  const w = await world()
  const member = await w.acme.member()
  const asMachine = Buffer.from(`MachineApplication:${uuidOf(await member.id())}`).toString('base64url')
  const refusals = []
  for (const applicationId of [await (await w.machine()).id(), missingId('MachineApplication'), asMachine])
    refusals.push(await refusalOf(w.owner, add, { organizationId: w.acme.id, applicationId, roleIds: [] }))
  expect(refusals[0]?.extensions.code).toBe('NOT_FOUND')
  expect(refusals.slice(1)).toEqual([refusals[0], refusals[0]])
})

test('a foreign organization answers like one that does not exist', async () => {
  const w = await world()
  const applicationId = await (await knownMachine(w)).id()
  const foreign = await w.organization(await w.person())
  const refusals = [
    await refusalOf(w.owner, add, { organizationId: foreign.id, applicationId, roleIds: [] }),
    await refusalOf(w.owner, add, { organizationId: missingId('Organization'), applicationId, roleIds: [] }),
  ]
  expect(refusals[0]).toEqual(refusals[1])
  expect(refusals[0]?.extensions.code).toBe('NOT_FOUND')
})

test('a machine that is a member adds nobody without the permission, and itself nowhere', async () => {
  const w = await world()
  const machine = await w.machine()
  const applicationId = await machine.id()
  const roleIds = [await w.roleId('Service')]
  await w.operator.mutate(add, { organizationId: w.acme.id, applicationId, roleIds })
  const foreign = await w.organization(await w.person())
  expect(await machine.refusal(add, { organizationId: foreign.id, applicationId, roleIds })).toBe('NOT_FOUND')
  expect(await machine.refusal(add, { organizationId: w.acme.id, applicationId, roleIds })).toBe('FORBIDDEN')
})

test('ids of the wrong type and roles left out are BAD_USER_INPUT; no token is UNAUTHENTICATED', async () => {
  const w = await world()
  const [organizationId, applicationId] = [w.acme.id, await (await w.machine()).id()]
  const bad: object[] = [
    { organizationId, applicationId },
    { organizationId, applicationId, roleIds: null },
    { organizationId, applicationId: await w.owner.id(), roleIds: [] },
    { organizationId, applicationId, roleIds: Array.from({ length: 101 }, () => missingId('OrganizationRole')) },
  ]
  for (const input of bad) expect(await w.operator.refusal(add, input)).toBe('BAD_USER_INPUT')
  expect(await w.anonymous().refusal(add, { organizationId, applicationId, roleIds: [] })).toBe('UNAUTHENTICATED')
})
