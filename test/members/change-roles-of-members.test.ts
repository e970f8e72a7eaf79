import { expect, test } from 'vitest'
import type { Loose, Result } from '../kit/client.ts'
import { memberWith, missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, refusedOnly, seedMembers, sql } from '../kit/rows.ts'
import { type Member, type TestOrganization, type World, world } from '../kit/world.ts'

const name = 'changeRolesOfMembers'
const selection = '... on ChangeRolesOfMembersPayload { changedCount memberships { id roles { name } } }'
const notAssignable = '... on RoleNotAssignableError { roleIds }'
const escalation = '... on PermissionEscalationError { missing { key } }'

const idsOf = (members: { membershipId: string }[]) => members.map(member => member.membershipId)
const rolesOf = (result: Result): string[][] =>
  result.memberships.map((one: Loose) => one.roles.map((role: Loose) => role.name).sort())
const membersOf = ({ acme }: World, count: number) =>
  Promise.all(Array.from({ length: count }, () => acme.member())) as Promise<Member[]>

/** What everybody in the organization holds, by membership. */
async function allRoles(w: World, { id }: TestOrganization): Promise<Record<string, string[]>> {
  const text = `select m.id, array_agg(r.name order by r.name) filter (where r.id is not null) as roles from membership m
    left join membership_role mr on mr.organization_id = m.organization_id and mr.membership_id = m.id
    left join organization_role r on r.id = mr.role_id where m.organization_id = $1 group by m.id`
  const rows = await sql<{ id: string; roles: string[] | null }>(w, text, [uuidOf(id)])
  return Object.fromEntries(rows.map(row => [row.id, row.roles ?? []]))
}

test('many members get and lose many roles in one call, in the order in which they were named (ROL-5)', async () => {
  const w = await world()
  const members = await membersOf(w, 3)
  const added = [await w.acme.customRole(['audit:read'], { name: 'Auditor' }), await w.roleId('Admin')]
  const input = { addRoleIds: added, removeRoleIds: [await w.roleId('Member')] }
  const membershipIds = idsOf(members).toReversed()
  const result = await w.owner.mutate(name, { organizationId: w.acme.id, membershipIds, ...input }, selection)
  expect(result.changedCount).toBe(3)
  expect(result.memberships.map((one: Loose) => one.id)).toEqual(membershipIds)
  expect(rolesOf(result)).toEqual(members.map(() => ['Admin', 'Auditor']))
})

test('each member who changed has one audit entry and one event of their own; who did not, has none (MGT-3, TPL-5)', async () => {
  const w = await world()
  const [plain, admin] = [await w.acme.member(), await w.acme.member({ roles: ['Admin'] })]
  const [adminRole, memberRole] = [await w.roleId('Admin'), await w.roleId('Member')]
  const bare = await w.acme.member({ roles: [] })
  const membershipIds = idsOf([plain, admin, bare, plain])
  const input = { organizationId: w.acme.id, membershipIds, addRoleIds: [adminRole], removeRoleIds: [memberRole] }
  const { result, audit, outbox } = await written(w, () => w.owner.mutate(name, input, selection))
  expect([result.changedCount, result.memberships.length]).toEqual([2, 3])
  const changes = audit.map(entry => [entry.action, entry.changes])
  expect(changes).toEqual([
    ['MEMBER_ROLES_CHANGED', [{ field: 'roles', before: 'Member', after: 'Admin' }]],
    ['MEMBER_ROLES_CHANGED', [{ field: 'roles', before: null, after: 'Admin' }]],
  ])
  expect(outbox.map(event => event.payload.membershipId)).toEqual(idsOf([plain, bare]).map(uuidOf))
  expect(outbox[1]?.payload).toMatchObject({ addedRoleIds: [uuidOf(adminRole)], removedRoleIds: [] })
  const { result: again, ...journal } = await written(w, () => w.owner.mutate(name, input, selection))
  expect(again.changedCount).toBe(0)
  expect(actionsOf(journal)).toEqual(nothing)
})

test('it costs the same statements for 1, 100 and 500 members (ROL-5)', async () => {
  const w = await world()
  await seedMembers(
    w,
    w.acme,
    Array.from({ length: 501 }, (_, index) => ({ name: `Member ${index}` })),
  )
  const rows = await sql<{ id: string }>(
    w,
    "select translate(encode(('Membership:' || id)::bytea, 'base64'), E'\\n=', '') as id from membership where organization_id = $1 and origin = 'ADMIN'",
    [uuidOf(w.acme.id)],
  )
  const all = rows.map(row => row.id)
  const [admin, auditor] = [await w.roleId('Admin'), await w.acme.customRole(['audit:read'])]
  const counts: number[] = []
  for (const membershipIds of [all.slice(0, 1), all.slice(1, 101), all.slice(1, 501)]) {
    w.statements.splice(0)
    const input = { organizationId: w.acme.id, membershipIds, addRoleIds: [admin], removeRoleIds: [auditor] }
    const result = await w.owner.mutate(name, input, '... on ChangeRolesOfMembersPayload { changedCount }')
    expect(result.changedCount).toBe(membershipIds.length === 500 ? 400 : membershipIds.length)
    counts.push(w.statements.length)
  }
  expect(counts).toEqual([20, 20, 20])
})

test('a role that cannot be given is named, and nobody gets anything, the good roles neither (ROL-2)', async () => {
  const w = await world()
  const members = await membersOf(w, 2)
  const elsewhere = await (await w.organization(w.owner)).customRole(['member:read'])
  const wrong = [missingId('OrganizationRole'), await w.roleId('Service'), elsewhere]
  const before = await allRoles(w, w.acme)
  const input = { organizationId: w.acme.id, membershipIds: idsOf(members) }
  const addRoleIds = [await w.roleId('Admin'), ...wrong]
  const { result, ...journal } = await written(w, () => w.owner.mutate(name, { ...input, addRoleIds }, notAssignable))
  expect(result.roleIds.toSorted()).toEqual(wrong.toSorted())
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await allRoles(w, w.acme)).toEqual(before)
})

test('people and machines together have no role that fits both, and nothing changes (MEM-10)', async () => {
  const w = await world()
  const [person, roleId] = [await w.acme.member(), await w.roleId('Admin')]
  const machine = { organizationId: w.acme.id, applicationId: await (await w.machine()).id(), roleIds: [] }
  const added = await w.operator.mutate(
    'addMachineMember',
    machine,
    '... on AddMachineMemberPayload { membership { id } }',
  )
  const before = await allRoles(w, w.acme)
  for (const membershipIds of [
    [person.membershipId, added.membership.id],
    [added.membership.id, person.membershipId],
  ]) {
    const input = { organizationId: w.acme.id, membershipIds, addRoleIds: [roleId] }
    const result = await w.owner.mutate(name, input, notAssignable)
    expect(result).toMatchObject({ __typename: 'RoleNotAssignableError', roleIds: [roleId] })
  }
  expect(await allRoles(w, w.acme)).toEqual(before)
})

test('nobody gives many what they lack themselves; the refusal is recorded once (ROL-3)', async () => {
  const w = await world()
  const members = await membersOf(w, 2)
  const assigner = await memberWith(w.acme, ['member:read', 'member:assign-role'])
  const addRoleIds = [await w.acme.customRole(['member:read', 'audit:read'])]
  const input = { organizationId: w.acme.id, membershipIds: idsOf(members), addRoleIds }
  const { result, ...journal } = await written(w, () => assigner.mutate(name, input, escalation))
  expect(result).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'audit:read' }] })
  expect(actionsOf(journal)).toEqual(refusedOnly)
})

test('one member among many who holds more than the viewer is enough to refuse all (MEM-7)', async () => {
  const w = await world()
  const members = await membersOf(w, 2)
  const assigner = await memberWith(w.acme, ['member:read', 'member:assign-role'])
  const auditor = await memberWith(w.acme, ['audit:read'])
  const before = await allRoles(w, w.acme)
  const input = { organizationId: w.acme.id, removeRoleIds: [await w.roleId('Member')] }
  const membershipIds = idsOf([...members, auditor])
  const { result, ...journal } = await written(w, () => refusalOf(assigner, name, { ...input, membershipIds }))
  expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', missing: ['audit:read'] })
  expect(actionsOf(journal)).toEqual(refusedOnly)
  expect(await allRoles(w, w.acme)).toEqual(before)
  const allowed = await assigner.mutate(name, { ...input, membershipIds: idsOf(members) }, selection)
  expect(allowed.changedCount).toBe(2)
})

test('the owner role taken from all owners at once is refused; from all but one it is taken (MEM-6)', async () => {
  const w = await world()
  const others = [await w.acme.member({ roles: ['Owner'] }), await w.acme.member({ roles: ['Owner'] })]
  const input = { organizationId: w.acme.id, removeRoleIds: [await w.roleId('Owner')] }
  const before = await allRoles(w, w.acme)
  const { result, ...journal } = await written(w, () =>
    w.owner.mutate(name, { ...input, membershipIds: idsOf([w.owner, ...others]) }),
  )
  expect(result.__typename).toBe('LastOwnerError')
  expect(actionsOf(journal)).toEqual(refusedOnly)
  expect(await allRoles(w, w.acme)).toEqual(before)
  expect((await w.owner.mutate(name, { ...input, membershipIds: idsOf(others) }, selection)).changedCount).toBe(2)
})

test('a membership of another organization makes the whole call one for nothing, like one that does not exist (MEM-5)', async () => {
  const w = await world()
  const own = await w.acme.member()
  const other = await w.organization(w.owner)
  const stranger = await (await w.organization(await w.person())).member()
  const before = await allRoles(w, w.acme)
  const addRoleIds = [await w.roleId('Admin')]
  const input = (organizationId: string, ...ids: string[]) => ({
    ...{ organizationId, membershipIds: [own.membershipId, ...ids], addRoleIds },
  })
  const refusals = [
    await refusalOf(w.owner, name, input(w.acme.id, missingId('Membership'))),
    await refusalOf(w.owner, name, input(w.acme.id, stranger.membershipId)),
    // Both are the owner's own to rule, but not in one call.
    await refusalOf(w.owner, name, input(w.acme.id, other.ownerMembershipId)),
    await refusalOf(w.owner, name, input(other.id)),
    await refusalOf(w.owner, name, input(missingId('Organization'))),
    await refusalOf(stranger, name, input(w.acme.id)),
  ]
  expect(refusals[0]?.extensions.code).toBe('NOT_FOUND')
  expect(refusals.slice(1)).toEqual(refusals.slice(1).map(() => refusals[0]))
  expect(await allRoles(w, w.acme)).toEqual(before)
})

test('a role both given and taken, and nobody at all, are InvalidInputError', async () => {
  const w = await world()
  const role = [await w.roleId('Admin')]
  const input = { organizationId: w.acme.id, membershipIds: [w.owner.membershipId] }
  const issues = '... on InvalidInputError { issues { path } }'
  const both = await w.owner.mutate(name, { ...input, addRoleIds: role, removeRoleIds: role }, issues)
  expect(both.issues).toEqual([{ path: ['input', 'removeRoleIds'] }])
  const nobody = await w.owner.mutate(name, { ...input, membershipIds: [], addRoleIds: role }, issues)
  expect(nobody.issues).toEqual([{ path: ['input', 'membershipIds'] }])
})

test('more than 500 memberships, more than 100 roles and wrong ids are BAD_USER_INPUT', async () => {
  const w = await world()
  const organizationId = w.acme.id
  const membershipIds = [w.owner.membershipId]
  const many = (count: number, type: string) => Array.from({ length: count }, () => missingId(type))
  const wrong = [
    { organizationId, membershipIds: many(501, 'Membership') },
    { organizationId, membershipIds, addRoleIds: many(101, 'OrganizationRole') },
    { organizationId, membershipIds: [organizationId] },
    { organizationId: w.owner.membershipId, membershipIds },
    { membershipIds },
  ]
  for (const input of wrong) expect(await w.owner.refusal(name, input)).toBe('BAD_USER_INPUT')
  expect(await w.anonymous().refusal(name, { organizationId, membershipIds })).toBe('UNAUTHENTICATED')
})
