import { expect, test } from 'vitest'
import { accept, invite, seen, update } from '../invitations/offers.ts'
import { joinBy, link } from '../invite-links/links.ts'
import { lets } from '../join-requests/requests.ts'
import type { Client } from '../kit/client.ts'
import { missingId, operatorWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { named, refusalOf } from '../kit/people.ts'
import { actionsOf, refusedOnly, sql } from '../kit/rows.ts'
import { type Person, type TestOrganization, type World, world } from '../kit/world.ts'
import { offer, sightsOf } from '../ownership/offers.ts'

const remove = (by: Client, userId: string) =>
  by.mutate(
    'deleteUser',
    { userId },
    '... on DeleteUserPayload { deletedUserId } ... on LastOwnerError { organizations { id } }',
  )

async function joins({ operator }: World, { id }: TestOrganization, person: Person, roleIds?: string[]) {
  const input = { organizationId: id, userId: await person.id(), roleIds }
  return (await operator.mutate('addMember', input, '... on AddMemberPayload { membership { id } }')).membership.id
}

test('with a user every membership ends, and identities and management permissions go (MEM-9)', async () => {
  const w = await world()
  const person = await operatorWith(w, ['AUDIT_READ'])
  const userId = await person.id()
  const other = await w.organization(w.owner)
  for (const place of [w.acme, other]) await joins(w, place, person)
  expect(await remove(w.operator, userId)).toEqual({ __typename: 'DeleteUserPayload', deletedUserId: userId })
  for (const table of ['membership', 'identity', 'management_grant'])
    expect(await sql(w, `select from ${table} where principal_id = $1`, [uuidOf(userId)])).toEqual([])
  expect(await sql(w, 'select from principal where id = $1', [uuidOf(userId)])).toEqual([])
  expect((await w.operator.query('query($id: ID!) { node(id: $id) { id } }', { id: userId })).node).toBeNull()
})

test('it is an entry in each organization and in the log of the deployment, with the name that is gone (MEM-9, MGT-3)', async () => {
  const w = await world()
  const person = await named(w, 'gone.tomorrow')
  const userId = await person.id()
  await joins(w, w.acme, person)
  const { audit, outbox } = await written(w, () => remove(w.operator, userId))
  expect(audit).toMatchObject([
    { where: uuidOf(w.acme.id), action: 'MEMBER_REMOVED', actor: 'Operator', target: 'Membership Gone Tomorrow' },
    { where: 'deployment', action: 'USER_DELETED', actor: 'Operator', target: 'User Gone Tomorrow' },
  ])
  expect(outbox.map(event => event.type)).toEqual(['MEMBER_REMOVED', 'USER_DELETED'])
})

test('what the user did stays in the audit log under their name (MEM-9)', async () => {
  const w = await world()
  const person = await named(w, 'ada.admin')
  await joins(w, w.acme, person, [await w.roleId('Admin')])
  await person.mutate('updateOrganization', { organizationId: w.acme.id, name: 'Renamed by Ada' })
  await remove(w.operator, await person.id())
  const query = `query($id: ID!) { organization(by: { id: $id }) { auditEvents(filter: { actions: [ORGANIZATION_UPDATED] }) {
    nodes { actor { id } actorLabel } } } }`
  const { organization } = await w.owner.query(query, w.acme)
  expect(organization.auditEvents.nodes).toEqual([{ actor: null, actorLabel: 'Ada Admin' }])
})

test('invitations that they sent stay, without inviter; what grants something is then nobody’s to offer (MEM-9, INV-6)', async () => {
  const w = await world()
  const person = await w.person()
  await joins(w, w.acme, person, [await w.roleId('Admin')])
  const [invitee, joined] = [await w.person(), await w.person()]
  const pending = await invite(person, w.acme, invitee.email)
  const accepted = await invite(person, w.acme, joined.email)
  await accept(joined, accepted)
  await remove(w.operator, await person.id())
  expect(await seen(w.owner, pending)).toMatchObject({ status: 'PENDING', inviter: null })
  expect(await seen(w.owner, accepted)).toMatchObject({ status: 'ACCEPTED', inviter: null })
  expect(await accept(invitee, pending)).toMatchObject({ __typename: 'InvitationClosedError', status: 'REVOKED' })
})

test('one without roles is nobody’s to offer either; an admin who changes it vouches for it (MEM-9, INV-6)', async () => {
  const w = await world()
  const person = await w.person()
  await joins(w, w.acme, person, [await w.roleId('Admin')])
  const [first, second] = [await w.person(), await w.person()]
  const orphaned = await invite(person, w.acme, first.email, { roleIds: [] })
  const adopted = await invite(person, w.acme, second.email, { roleIds: [] })
  await remove(w.operator, await person.id())
  await update(w.owner, adopted, { roleIds: [await w.roleId('Member')] })
  expect(await accept(first, orphaned)).toMatchObject({ __typename: 'InvitationClosedError', status: 'REVOKED' })
  expect((await accept(second, adopted)).__typename).toBe('AcceptInvitationPayload')
})

test('a token that was in use until then is of nobody, on every way (MEM-9)', async () => {
  const w = await world()
  await lets(w.owner, w.acme, 'OPEN')
  const person = await w.person()
  const userId = await person.id()
  await remove(w.operator, userId)
  const { errors, ...answer } = await person.send('{ viewer { principal { id } } }')
  expect(answer).toMatchObject({ status: 401 })
  expect(errors[0]).toMatchObject({
    message: 'The account of this token is gone.',
    extensions: { code: 'UNAUTHENTICATED' },
  })
  const deeds: [string, object][] = [
    ['requestToJoin', { slug: w.acme.slug }],
    ['createOrganization', { name: 'Mine', idempotencyKey: 'once' }],
  ]
  for (const [name, input] of deeds) expect(await person.refusal(name, input)).toBe('UNAUTHENTICATED')
})

test('so is that of a machine application that was deleted', async () => {
  const w = await world()
  const machine = await w.machine()
  const applicationId = await machine.id()
  await machine.query('{ viewer { principal { id } } }')
  await w.operator.mutate('deleteMachineApplication', { applicationId })
  expect((await machine.send('{ viewer { principal { id } } }')).errors[0]?.extensions.code).toBe('UNAUTHENTICATED')
})

test('links that they made are revoked, in whichever organization, without roles as well (MEM-9, LNK-4)', async () => {
  const w = await world()
  const person = await operatorWith(w, ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ'])
  const elsewhere = await w.organization(w.owner)
  await joins(w, w.acme, person)
  const made = [
    await link(person, w.acme, { label: 'a', roleIds: [] }),
    await link(person, elsewhere, { label: 'b', roleIds: [] }),
  ]
  const others = await link(w.owner, w.acme)
  const userId = await person.id()
  const { audit } = await written(w, () => remove(w.operator, userId))
  const changes = [{ field: 'reason', before: null, after: 'the account of its maker is gone' }]
  expect(audit.filter(entry => entry.action === 'INVITE_LINK_REVOKED')).toMatchObject([
    { target: 'InviteLink a', changes },
    { target: 'InviteLink b', changes },
  ])
  for (const one of made) expect(await joinBy(await w.person(), one)).toMatchObject({ status: 'REVOKED' })
  expect((await joinBy(await w.person(), others)).__typename).toBe('JoinByInviteLinkPayload')
})

test('what they were still offered where they were a member is revoked: a new account is no way back (MEM-9, MEM-4)', async () => {
  const w = await world()
  const person = await w.person()
  const elsewhere = await w.organization(w.owner)
  const older = await invite(w.owner, w.acme, person.email, { roleIds: [await w.roleId('Admin')] })
  const other = await invite(w.owner, elsewhere, person.email)
  await joins(w, w.acme, person)
  await remove(w.operator, await person.id())
  expect(await seen(w.owner, older)).toMatchObject({ status: 'REVOKED' })
  expect(await seen(w.owner, other)).toMatchObject({ status: 'PENDING' })
})

test('offers of ownership by and to them are canceled (MEM-9)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const id = await offer(w.owner, member, w.acme)
  const userId = await member.id()
  const { audit } = await written(w, () => remove(w.operator, userId))
  expect(audit.map(entry => entry.action)).toEqual(['MEMBER_REMOVED', 'OWNERSHIP_TRANSFER_CANCELED', 'USER_DELETED'])
  expect((await sightsOf(w.owner, id, w.acme)).node).toMatchObject({ status: 'CANCELED', newOwner: null })
})

test('the last active owner of an organization is not deleted; the answer names the organizations (MEM-6, MEM-9)', async () => {
  const w = await world()
  const person = await w.person()
  const alone = await w.organization(person)
  const shared = await w.organization(person)
  const withSuspended = await w.organization(person)
  await shared.member({ roles: ['Owner'] })
  const second = await withSuspended.member({ roles: ['Owner'] })
  await person.mutate('suspendMember', { membershipId: second.membershipId })
  const { result, ...journal } = await written(w, async () => remove(w.operator, await person.id()))
  expect(result.__typename).toBe('LastOwnerError')
  expect(result.organizations.map((one: { id: string }) => one.id).toSorted()).toEqual(
    [alone.id, withSuspended.id].toSorted(),
  )
  expect(actionsOf(journal)).toEqual(refusedOnly)
  expect((await person.query('{ viewer { memberships { totalCount } } }')).viewer.memberships.totalCount).toBe(3)
})

test('an operator who reads no organizations is not told which (MGT-2)', async () => {
  const w = await world()
  const clerk = await operatorWith(w, ['USERS_WRITE', 'USERS_READ'])
  expect(await remove(clerk, await w.owner.id())).toMatchObject({ __typename: 'LastOwnerError', organizations: [] })
})

test('a deleted organization that can be restored keeps its owner, too (ORG-6, MEM-9)', async () => {
  const w = await world()
  const person = await w.person()
  const organization = await w.organization(person)
  await person.mutate('deleteOrganization', { organizationId: organization.id })
  expect((await remove(w.operator, await person.id())).__typename).toBe('LastOwnerError')
})

test('users:write is what it takes, and nobody deletes themselves or who holds more (MGT-2)', async () => {
  const w = await world()
  const clerk = await operatorWith(w, ['USERS_WRITE', 'USERS_READ'])
  const reader = await operatorWith(w, ['USERS_READ'])
  const [target, stronger] = [await w.person(), await operatorWith(w, ['USERS_READ', 'AUDIT_READ'])]
  const refusals = [
    [reader, await target.id(), { code: 'FORBIDDEN', permission: 'users:write' }],
    [w.owner, await target.id(), { code: 'FORBIDDEN', permission: 'users:write' }],
    [clerk, await clerk.id(), { code: 'FORBIDDEN' }],
    [clerk, await stronger.id(), { code: 'FORBIDDEN', missing: ['audit:read'] }],
    [clerk, await w.operator.id(), { code: 'FORBIDDEN' }],
    [clerk, missingId('User'), { code: 'NOT_FOUND' }],
  ] as const
  for (const [by, userId, expected] of refusals)
    expect((await refusalOf(by, 'deleteUser', { userId })).extensions).toMatchObject(expected)
  expect((await remove(clerk, await target.id())).__typename).toBe('DeleteUserPayload')
})

test('deleting costs the same statements in one organization and in twenty', async () => {
  const w = await world({ isolated: true })
  const counts: number[] = []
  for (const size of [1, 20]) {
    const person = await w.person()
    for (let place = 0; place < size; place++) await joins(w, await w.organization(w.owner), person)
    const userId = await person.id()
    w.statements.splice(0)
    await remove(w.operator, userId)
    counts.push(w.statements.length)
  }
  expect(counts[1]).toBe(counts[0])
})

test('of deleting both owners at once, one stays (MEM-6, MEM-9)', async () => {
  const w = await world()
  for (let round = 0; round < 15; round++) {
    const [first, second] = [await w.person(), await w.person()]
    const organization = await w.organization(first)
    await joins(w, organization, second, [await w.roleId('Owner')])
    const ids = [await first.id(), await second.id()]
    const outcomes = await Promise.all(ids.map(userId => outcomeOf(w.operator, 'deleteUser', { userId })))
    expect(outcomes.toSorted()).toEqual(['DeleteUserPayload', 'LastOwnerError'])
  }
})

test('whoever is added while being deleted is added before, or not at all (MEM-9)', async () => {
  const w = await world()
  for (let round = 0; round < 15; round++) {
    const userId = await (await w.person()).id()
    const [deleted, added] = await Promise.all([
      outcomeOf(w.operator, 'deleteUser', { userId }),
      outcomeOf(w.operator, 'addMember', { organizationId: w.acme.id, userId }),
    ])
    expect(deleted).toBe('DeleteUserPayload')
    expect(['AddMemberPayload', 'NOT_FOUND']).toContain(added)
    expect(await sql(w, 'select from membership where principal_id = $1', [uuidOf(userId)])).toEqual([])
  }
})
