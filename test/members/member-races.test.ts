import { expect, test } from 'vitest'
import type { Result } from '../kit/client.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { rounds } from '../kit/rounds.ts'
import { actionsOf, limitSeats, sql } from '../kit/rows.ts'
import { type TestOrganization, type World, world } from '../kit/world.ts'

const typesOf = (results: Result[]) => results.map(result => result.__typename).toSorted()
const ownersOf = async (w: World, { id }: TestOrganization) =>
  (
    await w.operator.query('query($id: ID!) { organization(by: { id: $id }) { members { nodes { isOwner } } } }', {
      id,
    })
  ).organization.members.nodes.filter((member: { isOwner: boolean }) => member.isOwner).length

/** An organization with two owners, who are there and signed in. */
async function twoOwners(w: World) {
  const organization = await w.organization(w.owner)
  const second = await organization.member({ roles: ['Owner'] })
  return { organization, first: { ...w.owner, membershipId: organization.ownerMembershipId }, second }
}

test('of two last owners who leave at once, one stays (MEM-6)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const { organization, first, second } = await twoOwners(w)
    const { result, ...journal } = await written(w, () =>
      Promise.all([first, second].map(by => by.mutate('removeMember', { membershipId: by.membershipId }))),
    )
    expect(typesOf(result)).toEqual(['LastOwnerError', 'RemoveMemberPayload'])
    const { audit, outbox } = actionsOf(journal)
    expect({ audit: audit.toSorted(), outbox }).toEqual({
      audit: ['MEMBER_LEFT', 'WRITE_REFUSED'],
      outbox: ['MEMBER_LEFT'],
    })
    expect(await ownersOf(w, organization)).toBe(1)
  }
})

test('of two owners who remove one another at once, one is there (MEM-6)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const { organization, first, second } = await twoOwners(w)
    const remove = 'mutation($input: RemoveMemberInput!) { removeMember(input: $input) { __typename } }'
    const answers = await Promise.all([
      first.send(remove, { input: { membershipId: second.membershipId } }),
      second.send(remove, { input: { membershipId: first.membershipId } }),
    ])
    const outcomes = answers.map(answer => answer.errors[0]?.extensions.code ?? answer.data?.removeMember.__typename)
    expect(outcomes.toSorted()).toEqual(['NOT_FOUND', 'RemoveMemberPayload'])
    expect(await ownersOf(w, organization)).toBe(1)
  }
})

test('the owner role taken from two owners at once stays with one (MEM-6)', async () => {
  const w = await world()
  const owner = await w.roleId('Owner')
  const demotions: ((membershipId: string) => [string, object])[] = [
    membershipId => ['changeMemberRoles', { membershipId, removeRoleIds: [owner] }],
    membershipId => ['replaceMemberRoles', { membershipId, roleIds: [] }],
    membershipId => ['removeMember', { membershipId }],
  ]
  for (const round of rounds) {
    const { organization, first, second } = await twoOwners(w)
    const results = await Promise.all(
      [first, second].map(({ membershipId }, index) => {
        const [name, input] = demotions[(round + index) % 3]?.(membershipId) ?? ['', {}]
        return w.operator.mutate(name, input)
      }),
    )
    expect(results.filter(result => result.__typename === 'LastOwnerError')).toHaveLength(1)
    expect(await ownersOf(w, organization)).toBe(1)
  }
})

test('a user who is added several times at once becomes a member once; the others are told, never INTERNAL (MEM-1)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const input = { organizationId: w.acme.id, userId: await (await w.person()).id() }
    const already = '... on AlreadyMemberError { membership { id principal { id } } }'
    const { result, ...journal } = await written(w, () =>
      Promise.all([1, 2, 3].map(() => w.operator.mutate('addMember', input, already))),
    )
    expect(typesOf(result)).toEqual(['AddMemberPayload', 'AlreadyMemberError', 'AlreadyMemberError'])
    const told = result.find(one => one.__typename === 'AlreadyMemberError')
    expect(told?.membership.principal.id).toBe(input.userId)
    expect(actionsOf(journal)).toEqual({ audit: ['MEMBER_ADDED'], outbox: ['MEMBER_ADDED'] })
  }
})

test('the last seat goes to one, however many want it (MEM-3)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const organization = await w.organization(w.owner)
    await limitSeats(w, organization, 2)
    const ids = await Promise.all([1, 2, 3, 4].map(async () => (await w.person()).id()))
    const results = await Promise.all(
      ids.map(userId => w.operator.mutate('addMember', { organizationId: organization.id, userId })),
    )
    expect(typesOf(results)).toEqual(['AddMemberPayload', ...[2, 3, 4].map(() => 'SeatLimitReachedError')])
    const [row] = await sql<{ count: number }>(
      w,
      'select count(*)::int as count from membership where organization_id = $1',
      [uuidOf(organization.id)],
    )
    expect(row?.count).toBe(2)
  }
})

test('an invitation and an admin who add the same user at once make one membership (MEM-1, MEM-3)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const person = await w.person()
    const userId = await person.id()
    const made = await w.owner.mutate(
      'inviteMember',
      { organizationId: w.acme.id, email: person.email },
      '... on InviteMemberPayload { invitation { id } }',
    )
    const [accepted, added] = await Promise.all([
      person.mutate('acceptInvitation', { invitation: { id: made.invitation.id } }),
      w.operator.mutate('addMember', { organizationId: w.acme.id, userId }),
    ])
    expect(accepted.__typename).toBe('AcceptInvitationPayload')
    expect(['AddMemberPayload', 'AlreadyMemberError']).toContain(added.__typename)
    expect(await sql(w, 'select from membership where principal_id = $1', [uuidOf(userId)])).toHaveLength(1)
  }
})

test('the same roles given several times at once are given and recorded once (TPL-5)', async () => {
  const w = await world()
  const addRoleIds = [await w.roleId('Admin')]
  for (const _ of rounds) {
    const { membershipId } = await w.acme.member()
    const { result, ...journal } = await written(w, () =>
      Promise.all([1, 2, 3].map(() => w.owner.mutate('changeMemberRoles', { membershipId, addRoleIds }))),
    )
    expect(new Set(typesOf(result))).toEqual(new Set(['ChangeMemberRolesPayload']))
    expect(actionsOf(journal)).toEqual({ audit: ['MEMBER_ROLES_CHANGED'], outbox: ['MEMBER_ROLES_CHANGED'] })
  }
})

test('of several who remove one member at once, one does, and it is recorded once (MEM-5)', async () => {
  const w = await world()
  const remove = 'mutation($input: RemoveMemberInput!) { removeMember(input: $input) { __typename } }'
  for (const _ of rounds) {
    const { membershipId, send } = await w.acme.member()
    const { result, ...journal } = await written(w, () =>
      Promise.all([w.owner.send, w.operator.send, send].map(by => by(remove, { input: { membershipId } }))),
    )
    const codes = result.flatMap(answer => answer.errors.map(error => error.extensions.code))
    expect(codes).toEqual(['NOT_FOUND', 'NOT_FOUND'])
    const { audit, outbox } = actionsOf(journal)
    expect([audit.length, outbox.length]).toEqual([1, 1])
  }
})

test('nobody uses a right that is taken from them at the same time, once it is taken (ROL-4)', async () => {
  const w = await world()
  const admin = await w.roleId('Admin')
  const update = 'mutation($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { __typename } }'
  for (const round of rounds) {
    const member = await w.acme.member({ roles: ['Admin'] })
    const { membershipId } = member
    const { result, audit } = await written(w, () =>
      Promise.all([
        member.send(update, { input: { organizationId: w.acme.id, name: `Round ${round}` } }),
        w.owner.mutate('changeMemberRoles', { membershipId, removeRoleIds: [admin] }),
      ]),
    )
    const isRefused = result[0].errors[0]?.extensions.code === 'FORBIDDEN'
    const actions = audit.map(entry => entry.action)
    // Whoever came second knew of the other: an update stands before the loss of the right, never after it.
    expect(actions).toEqual(
      isRefused ? ['MEMBER_ROLES_CHANGED', 'WRITE_REFUSED'] : ['ORGANIZATION_UPDATED', 'MEMBER_ROLES_CHANGED'],
    )
  }
})
