import { expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { memberWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { addresses, inviteMany, tryToInviteMany, typesOf } from './batches.ts'
import { invite, seen } from './offers.ts'

test('each item has its own outcome, in the order of the input, and one that is refused stops no other (INV-16)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const pending = await invite(w.owner, w.acme, 'pending@people.test')
  const admin = await w.acme.member({ roles: ['Admin'] })
  const [owners, admins, service] = await Promise.all(['Owner', 'Admin', 'Service'].map(name => w.roleId(name)))
  const results = await inviteMany(admin, w.acme, [
    { email: 'First@people.test' },
    { email: 'no address', expiresAt: '2020-01-01T00:00:00Z' },
    { email: member.email.toUpperCase() },
    { email: 'Pending@people.test' },
    { email: 'service@people.test', roleIds: [service ?? ''] },
    { email: 'owner@people.test', roleIds: [owners ?? ''] },
    { email: 'last@people.test', roleIds: [admins ?? '', admins ?? ''] },
  ])
  expect(results).toMatchObject([
    { __typename: 'Invitation', email: 'First@people.test', status: 'PENDING', roles: [{ name: 'Member' }] },
    {
      __typename: 'InvalidInputError',
      issues: [
        { path: ['input', 'invitations', '1', 'email'], message: 'This is not an email address.' },
        { path: ['input', 'invitations', '1', 'expiresAt'], message: 'This must be in the future.' },
      ],
    },
    { __typename: 'AlreadyMemberError', membership: { id: member.membershipId } },
    { __typename: 'AlreadyInvitedError', invitation: { id: pending } },
    { __typename: 'RoleNotAssignableError', roleIds: [service] },
    { __typename: 'PermissionEscalationError', missing: [{ key: 'organization:delete' }] },
    { __typename: 'Invitation', email: 'last@people.test', roles: [{ name: 'Admin' }] },
  ])
})

test('of two items with one address, the first is invited and the second is told of it (INV-16)', async () => {
  const { owner, acme } = await world()
  const results = await inviteMany(owner, acme, [
    { email: 'ada@bücher.test' },
    { email: 'bob@people.test' },
    { email: ' ADA@xn--bcher-kva.test ' },
  ])
  expect(typesOf(results)).toEqual(['Invitation', 'Invitation', 'AlreadyInvitedError'])
  expect(results[2]?.invitation.id).toBe(results[0]?.id)
})

test('an item that was refused is not in the way of a later one with its address (INV-16)', async () => {
  const w = await world()
  const service = await w.roleId('Service')
  const results = await inviteMany(w.owner, w.acme, [
    { email: 'ada@people.test', roleIds: [service] },
    { email: 'ada@people.test' },
  ])
  expect(typesOf(results)).toEqual(['RoleNotAssignableError', 'Invitation'])
})

test('each invitation has its audit event and its outbox event; an attempt beyond the rights is recorded once (INV-15, MGT-3)', async () => {
  const w = await world()
  const admin = await w.acme.member({ roles: ['Admin'] })
  const roleIds = [await w.roleId('Owner')]
  const { result, ...journal } = await written(w, () =>
    inviteMany(admin, w.acme, [
      ...addresses(3),
      { email: 'a@people.test', roleIds },
      { email: 'b@people.test', roleIds },
    ]),
  )
  const created = ['INVITATION_CREATED', 'INVITATION_CREATED', 'INVITATION_CREATED']
  expect(actionsOf(journal).outbox).toEqual(created)
  expect(actionsOf(journal).audit.toSorted()).toEqual([...created, 'WRITE_REFUSED'])
  const invited = result.slice(0, 3)
  expect(journal.outbox.map(event => event.payload.invitationId)).toEqual(invited.map(one => uuidOf(one.id)))
  const targets = journal.audit.flatMap(one => (one.action === 'INVITATION_CREATED' ? [one.target] : []))
  expect(targets).toEqual(invited.map(one => `Invitation ${one.email}`))
})

test('where every item is refused, nothing is written (INV-16)', async () => {
  const w = await world()
  const { result, ...journal } = await written(w, () =>
    inviteMany(w.owner, w.acme, [{ email: w.owner.email }, { email: '' }]),
  )
  expect(typesOf(result)).toEqual(['AlreadyMemberError', 'InvalidInputError'])
  expect(actionsOf(journal)).toEqual(nothing)
})

test('overdue invitations are closed where they are in the way, and only there (INV-4)', async () => {
  const clock = testClock()
  const w = await world({ clock, isolated: true })
  const expiresAt = new Date(clock().getTime() + 60_000).toISOString()
  const [first, other] = await inviteMany(w.owner, w.acme, [
    { email: 'ada@people.test', expiresAt },
    { email: 'bob@people.test', expiresAt },
  ])
  clock.advance({ minutes: 1 })
  const owner = await w.person(w.owner.email)
  const items = [{ email: 'Ada@people.test' }, { email: 'bob@people.test', expiresAt }]
  const { result, ...journal } = await written(w, () => inviteMany(owner, w.acme, items))
  expect(typesOf(result)).toEqual(['Invitation', 'InvalidInputError'])
  expect(actionsOf(journal).audit).toEqual(['INVITATION_EXPIRED', 'INVITATION_CREATED'])
  expect(journal.audit[0]?.target).toBe('Invitation ada@people.test')
  for (const one of [first, other]) expect(await seen(owner, one?.id)).toMatchObject({ status: 'EXPIRED' })
})

test('500 are invited at once, and 501 or none are refused as a whole', async () => {
  const { owner, acme } = await world()
  expect(new Set(typesOf(await inviteMany(owner, acme, addresses(500))))).toEqual(new Set(['Invitation']))
  const many = { organizationId: acme.id, invitations: addresses(501) }
  const { message, extensions } = await refusalOf(owner, 'inviteMembers', many)
  expect({ message, extensions }).toEqual({
    message: 'input.invitations: at most 500 items.',
    extensions: { code: 'BAD_USER_INPUT', path: ['input', 'invitations'] },
  })
  expect(await tryToInviteMany(owner, acme, [])).toMatchObject({
    __typename: 'InvalidInputError',
    issues: [{ path: ['input', 'invitations'], message: 'There is at least 1 invitation.' }],
  })
})

test('an id that is none names its item', async () => {
  const { owner, acme } = await world()
  const invitations = [{ email: 'a@people.test' }, { email: 'b@people.test', roleIds: [acme.id] }]
  const refusal = await refusalOf(owner, 'inviteMembers', { organizationId: acme.id, invitations })
  expect(refusal.extensions).toEqual({ code: 'BAD_USER_INPUT', path: ['input', 'invitations', '1', 'roleIds', '0'] })
})

test('many are invited by who may invite one, and by nobody else', async () => {
  const { owner, acme, person, anonymous } = await world()
  const input = { organizationId: acme.id, invitations: addresses(2) }
  const inviter = await memberWith(acme, ['invitation:create'])
  const without = input.invitations.map(one => ({ ...one, roleIds: [] }))
  expect(typesOf(await inviteMany(inviter, acme, without))).toEqual(['Invitation', 'Invitation'])
  expect(await (await acme.member()).refusal('inviteMembers', input)).toBe('FORBIDDEN')
  expect(await (await person()).refusal('inviteMembers', input)).toBe('NOT_FOUND')
  expect(await anonymous().refusal('inviteMembers', input)).toBe('UNAUTHENTICATED')
  expect(typesOf(await inviteMany(owner, acme, input.invitations))).toEqual([
    'AlreadyInvitedError',
    'AlreadyInvitedError',
  ])
})

test('a batch costs by what it invites: twenty full ones are too much for one request', async () => {
  const { owner, acme } = await world()
  const input = { organizationId: acme.id, invitations: addresses(500) }
  const aliased = Array.from({ length: 20 }, (_, index) => `m${index}: inviteMembers(input: $input) { __typename }`)
  const { errors } = await owner.send(`mutation($input: InviteMembersInput!) { ${aliased.join(' ')} }`, { input })
  expect(errors[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX')
})
