import { expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { named } from '../kit/people.ts'
import { actionsOf, sql } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const read = `query($id: ID!) { node(id: $id) { ... on Membership { joinedAt origin addedBy { displayName } roles { name } isOwner permissions { key } } } }`

test('a membership knows when, how and by whom it came about (MEM-2)', async () => {
  const clock = testClock(new Date('2030-05-01T10:00:00.120Z'))
  const w = await world({ isolated: true, clock })
  const founder = (await w.owner.query(read, { id: w.owner.membershipId })).node
  expect(founder).toMatchObject({ joinedAt: '2030-05-01T10:00:00.120Z', origin: 'CREATION', isOwner: true })
  expect(founder.addedBy.displayName).toBe(
    (await w.owner.query('{ viewer { principal { displayName } } }')).viewer.principal.displayName,
  )
  clock.advance({ hours: 1 })
  const byOperator = (await w.owner.query(read, { id: (await w.acme.member()).membershipId })).node
  expect(byOperator).toEqual({
    joinedAt: '2030-05-01T11:00:00.120Z',
    origin: 'OPERATOR',
    addedBy: { displayName: 'Operator' },
    roles: [{ name: 'Member' }],
    isOwner: false,
    permissions: [{ key: 'member:read' }],
  })
  const invited = await w.person()
  await invited.id()
  const made = await w.owner.mutate(
    'inviteMember',
    { organizationId: w.acme.id, email: invited.email },
    '... on InviteMemberPayload { invitation { id } }',
  )
  clock.advance({ hours: 1 })
  const accepted = await invited.mutate(
    'acceptInvitation',
    { invitation: { id: made.invitation.id } },
    '... on AcceptInvitationPayload { membership { joinedAt origin addedBy { id } } }',
  )
  expect(accepted.membership).toEqual({
    joinedAt: '2030-05-01T12:00:00.120Z',
    origin: 'INVITATION',
    addedBy: { id: await w.owner.id() },
  })
})

test('roles are shown in the order in which they were given (ROL-1)', async () => {
  const clock = testClock()
  const w = await world({ isolated: true, clock })
  const { membershipId } = await w.acme.member()
  for (const name of ['Zebra', 'Ape', 'Lion']) {
    clock.advance({ minutes: 1 })
    const roleId = await w.acme.customRole(['member:read'], { name })
    await w.owner.mutate('changeMemberRoles', { membershipId, addRoleIds: [roleId] })
  }
  const { node } = await w.owner.query(read, { id: membershipId })
  expect(node.roles.map((role: { name: string }) => role.name)).toEqual(['Member', 'Zebra', 'Ape', 'Lion'])
})

test('where the template has no default role, one joins without roles, and holds nothing (TPL-8)', async () => {
  const w = await world({ isolated: true })
  await w.operator.mutate('updateOrganizationTemplate', { defaultRoleId: null })
  const member = await w.acme.member()
  const { node } = await w.owner.query(read, { id: member.membershipId })
  expect(node).toMatchObject({ roles: [], permissions: [] })
  const query = 'query($id: ID!) { organization(by: { id: $id }) { name members { totalCount } } }'
  expect((await member.query(query, w.acme)).organization).toMatchObject({ members: null })
})

test('another default role of the template counts from the next one who joins (TPL-1, TPL-8)', async () => {
  const w = await world({ isolated: true })
  const before = await w.acme.member()
  await w.operator.mutate('updateOrganizationTemplate', { defaultRoleId: await w.roleId('Admin') })
  const after = await w.acme.member()
  expect((await w.owner.query(read, { id: before.membershipId })).node.roles).toEqual([{ name: 'Member' }])
  expect((await w.owner.query(read, { id: after.membershipId })).node.roles).toEqual([{ name: 'Admin' }])
})

test('the audit log of an organization tells its admins who did what to whom, newest first (MGT-3)', async () => {
  const w = await world()
  const person = await named(w, 'vera.visible')
  const userId = await person.id()
  const input = { organizationId: w.acme.id, userId }
  const { membership } = await w.operator.mutate('addMember', input, '... on AddMemberPayload { membership { id } }')
  const membershipId = membership.id
  await w.owner.mutate('changeMemberRoles', { membershipId, addRoleIds: [await w.roleId('Admin')] })
  await person.refusal('deleteOrganization', { organizationId: w.acme.id })
  await person.mutate('removeMember', { membershipId })
  const log = await w.owner.query(
    'query($id: ID!) { organization(by: { id: $id }) { auditEvents(first: 4) { nodes { action actor { id } actorLabel targetId targetLabel changes { field before after } } } } }',
    w.acme,
  )
  const target = { targetId: membershipId, targetLabel: 'Vera Visible' }
  const byVera = { actor: { id: userId }, actorLabel: 'Vera Visible' }
  expect(log.organization.auditEvents.nodes).toEqual([
    { action: 'MEMBER_LEFT', ...byVera, ...target, changes: [] },
    {
      action: 'WRITE_REFUSED',
      ...byVera,
      targetId: null,
      targetLabel: 'deleteOrganization',
      changes: [{ field: 'reason', before: null, after: expect.stringContaining('organization:delete') }],
    },
    {
      action: 'MEMBER_ROLES_CHANGED',
      actor: { id: await w.owner.id() },
      actorLabel: expect.any(String),
      ...target,
      changes: [{ field: 'roles', before: null, after: 'Admin' }],
    },
    expect.objectContaining({ action: 'MEMBER_ADDED', actorLabel: 'Operator', ...target }),
  ])
})

test('a change that fails half-way leaves nothing of itself: no row, no entry, no event (MGT-3)', async () => {
  const w = await world()
  const organizationId = uuidOf(w.acme.id)
  // The table refuses what no check before it could know: the transaction is undone as a whole.
  await sql(
    w,
    `alter table outbox_event add constraint test_refuses check (organization_id <> '${organizationId}') not valid`,
  )
  try {
    const userId = await (await w.person()).id()
    const { result, ...journal } = await written(w, () =>
      w.operator.refusal('addMember', { organizationId: w.acme.id, userId }),
    )
    expect(result).toBe('INTERNAL')
    expect(actionsOf(journal)).toEqual({ audit: [], outbox: [] })
    expect(await sql(w, 'select from membership where principal_id = $1', [uuidOf(userId)])).toEqual([])
  } finally {
    await sql(w, 'alter table outbox_event drop constraint test_refuses')
  }
})
