import { expect, test } from 'vitest'
import type { Result } from '../kit/client.ts'
import { uuidOf } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { rounds } from '../kit/rounds.ts'
import { sql } from '../kit/rows.ts'
import { type TestOrganization, type World, world } from '../kit/world.ts'

const typesOf = (results: Result[]) => results.map(result => result.__typename).toSorted()

async function activeOwners(w: World, { id }: TestOrganization): Promise<number> {
  const rows = await sql(
    w,
    `select from membership m join membership_role mr on mr.organization_id = m.organization_id and mr.membership_id = m.id
     join template_role r on r.id = mr.template_role_id
     where m.organization_id = $1 and r.is_owner and m.suspended_at is null`,
    [uuidOf(id)],
  )
  return rows.length
}

async function twoOwners(w: World) {
  const organization = await w.organization(w.owner)
  const second = await organization.member({ roles: ['Owner'] })
  return { organization, first: { ...w.owner, membershipId: organization.ownerMembershipId }, second }
}

test('of two owners who suspend one another at once, one is active (MEM-6)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const { organization, first, second } = await twoOwners(w)
    const outcomes = await Promise.all([
      outcomeOf(first, 'suspendMember', { membershipId: second.membershipId }),
      outcomeOf(second, 'suspendMember', { membershipId: first.membershipId }),
    ])
    expect(outcomes.toSorted()).toEqual(['NOT_FOUND', 'SuspendMemberPayload'])
    expect(await activeOwners(w, organization)).toBe(1)
  }
})

test('however two last owners are taken away at once, one active owner is left (MEM-6)', async () => {
  const w = await world()
  const ownerRole = await w.roleId('Owner')
  const ways: ((membershipId: string) => [string, object])[] = [
    membershipId => ['suspendMember', { membershipId }],
    membershipId => ['removeMember', { membershipId }],
    membershipId => ['changeMemberRoles', { membershipId, removeRoleIds: [ownerRole] }],
  ]
  for (const round of rounds) {
    const { organization, first, second } = await twoOwners(w)
    const results = await Promise.all(
      [first, second].map(({ membershipId }, index) => {
        const [name, input] = ways[index === 0 ? 0 : round % 3]?.(membershipId) ?? ['', {}]
        return w.operator.mutate(name, input)
      }),
    )
    expect(results.filter(result => result.__typename === 'LastOwnerError')).toHaveLength(1)
    expect(await activeOwners(w, organization)).toBe(1)
  }
})

test('what a member does while being suspended happens before, or not at all (MEM-11)', async () => {
  const w = await world()
  for (const round of rounds) {
    const organization = await w.organization(w.owner)
    const admin = await organization.member({ roles: ['Admin'] })
    const email = `late-${round}@people.test`
    const [, outcome] = await Promise.all([
      w.owner.mutate('suspendMember', { membershipId: admin.membershipId }),
      outcomeOf(admin, 'inviteMember', { organizationId: organization.id, email }),
    ])
    const invitations = await sql<{ status: string }>(w, 'select status from invitation where organization_id = $1', [
      uuidOf(organization.id),
    ])
    // Whoever was faster: nothing that the suspended offered is still pending.
    if (outcome === 'InviteMemberPayload') expect(invitations).toEqual([{ status: 'REVOKED' }])
    else expect({ outcome, invitations }).toEqual({ outcome: 'NOT_FOUND', invitations: [] })
  }
})

test('of removing and suspending at once, removing wins in the end (MEM-4)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const { membershipId } = await w.acme.member()
    const outcomes = await Promise.all([
      outcomeOf(w.owner, 'removeMember', { membershipId }),
      outcomeOf(w.operator, 'suspendMember', { membershipId }),
    ])
    expect(outcomes[0]).toBe('RemoveMemberPayload')
    // A payload cannot show a membership that went right after: it says so.
    expect(['SuspendMemberPayload', 'NOT_FOUND']).toContain(outcomes[1])
    expect(await sql(w, 'select from membership where id = $1', [uuidOf(membershipId)])).toEqual([])
  }
})

test('an acceptance that races with the suspension adds its roles before, or not at all (INV-8, MEM-11)', async () => {
  const w = await world()
  const admin = await w.roleId('Admin')
  for (const _ of rounds) {
    const person = await w.person()
    await person.id()
    const invited = await w.owner.mutate(
      'inviteMember',
      { organizationId: w.acme.id, email: person.email, roleIds: [admin] },
      '... on InviteMemberPayload { invitation { id } }',
    )
    const { membership } = await w.operator.mutate(
      'addMember',
      { organizationId: w.acme.id, userId: await person.id() },
      '... on AddMemberPayload { membership { id } }',
    )
    const [suspended, accepted] = await Promise.all([
      w.owner.mutate('suspendMember', { membershipId: membership.id }),
      outcomeOf(person, 'acceptInvitation', { invitation: { id: invited.invitation.id } }),
    ])
    expect(typesOf([suspended])).toEqual(['SuspendMemberPayload'])
    const roles = await sql(w, 'select from membership_role where membership_id = $1', [uuidOf(membership.id)])
    expect(['AcceptInvitationPayload', 'InvitationClosedError']).toContain(accepted)
    expect(roles).toHaveLength(accepted === 'AcceptInvitationPayload' ? 2 : 1)
    expect((await person.query('{ viewer { memberships { totalCount } } }')).viewer.memberships.totalCount).toBe(0)
  }
})
