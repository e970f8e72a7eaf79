import { describe, expect, test } from 'vitest'
import { inviteMany, tryToInviteMany, typesOf } from '../invitations/batches.ts'
import { accept } from '../invitations/offers.ts'
import { testClock } from '../kit/clock.ts'
import { written } from '../kit/journal.ts'
import { actionsOf, nothing, sql } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const key = () => crypto.randomUUID()
const invited = '... on InviteMemberPayload { invitation { id email status } }'

test('the same call with the same key gets the first answer, and nothing is done again', async () => {
  const w = await world()
  const input = { organizationId: w.acme.id, email: 'ada@people.test', idempotencyKey: key() }
  const first = await w.owner.mutate('inviteMember', input, invited)
  const { result, ...journal } = await written(w, () => w.owner.mutate('inviteMember', input, invited))
  expect(result).toEqual(first)
  expect(first.__typename).toBe('InviteMemberPayload')
  expect(actionsOf(journal)).toEqual(nothing)
})

test('the answer is read anew: it tells what became of it since', async () => {
  const w = await world()
  const invitee = await w.person()
  const input = { organizationId: w.acme.id, email: invitee.email, idempotencyKey: key() }
  const { invitation } = await w.owner.mutate('inviteMember', input, invited)
  await accept(invitee, invitation.id)
  const again = await w.owner.mutate('inviteMember', input, invited)
  expect(again.invitation).toMatchObject({ id: invitation.id, status: 'ACCEPTED' })
})

test('a batch is remembered with every outcome, refusals among them (INV-16)', async () => {
  const w = await world()
  const admin = await w.acme.member({ roles: ['Admin'] })
  const [owner, service] = [await w.roleId('Owner'), await w.roleId('Service')]
  const items = [
    { email: 'ada@people.test' },
    { email: 'ADA@people.test' },
    { email: 'nobody' },
    { email: w.owner.email },
    { email: 'b@people.test', roleIds: [owner] },
    { email: 'c@people.test', roleIds: [service] },
  ]
  const once = key()
  const first = await inviteMany(admin, w.acme, items, once)
  expect(typesOf(first)).toEqual([
    'Invitation',
    'AlreadyInvitedError',
    'InvalidInputError',
    'AlreadyMemberError',
    'PermissionEscalationError',
    'RoleNotAssignableError',
  ])
  const { result, ...journal } = await written(w, () => inviteMany(admin, w.acme, items, once))
  expect(result).toEqual(first)
  expect(actionsOf(journal)).toEqual(nothing)
})

test('a batch is remembered also once a member that it met is gone (INV-16)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const items = [{ email: 'ada@people.test' }, { email: member.email }]
  const once = key()
  const first = await inviteMany(w.owner, w.acme, items, once)
  expect(first[1]).toMatchObject({ __typename: 'AlreadyMemberError', membership: { id: member.membershipId } })
  await w.owner.mutate('removeMember', { membershipId: member.membershipId })
  const again = await inviteMany(w.owner, w.acme, items, once)
  expect(again).toEqual([first[0], { ...first[1], membership: null }])
})

test('an organization is created once, and the answer is the same one', async () => {
  const w = await world()
  const founder = await w.person()
  const input = { name: 'Once', customData: { b: 1, a: { d: 1, c: 2 } }, idempotencyKey: key() }
  const selection = '... on CreateOrganizationPayload { organization { id slug } membership { id } }'
  const first = await founder.mutate('createOrganization', input, selection)
  const reordered = { ...input, customData: { a: { c: 2, d: 1 }, b: 1 } }
  const { result, ...journal } = await written(w, () => founder.mutate('createOrganization', reordered, selection))
  expect(result).toEqual(first)
  expect(actionsOf(journal)).toEqual(nothing)
})

describe('a key belongs to one call', () => {
  test.each<[string, object]>([
    ['another address', { email: 'other@people.test' }],
    ['other roles', { roleIds: [] }],
    ['an expiry', { expiresAt: '2999-01-01T00:00:00Z' }],
  ])('with %s it is refused, and nothing happens', async (_, change) => {
    const w = await world()
    const input = { organizationId: w.acme.id, email: 'ada@people.test', idempotencyKey: key() }
    await w.owner.mutate('inviteMember', input)
    const { result, ...journal } = await written(w, () => w.owner.mutate('inviteMember', { ...input, ...change }))
    expect(result.__typename).toBe('IdempotencyKeyReusedError')
    expect(actionsOf(journal)).toEqual(nothing)
  })

  test('of one mutation, not of another', async () => {
    const w = await world()
    const once = key()
    await inviteMany(w.owner, w.acme, [{ email: 'ada@people.test' }], once)
    const input = { organizationId: w.acme.id, email: 'ada@people.test', idempotencyKey: once }
    expect((await w.owner.mutate('inviteMember', input)).__typename).toBe('IdempotencyKeyReusedError')
  })

  test('of one caller, in one organization', async () => {
    const w = await world()
    const admin = await w.acme.member({ roles: ['Admin'] })
    const other = await w.organization(w.owner)
    const input = { organizationId: w.acme.id, email: 'ada@people.test', idempotencyKey: key() }
    const ids = [
      await w.owner.mutate('inviteMember', input, invited),
      await w.owner.mutate('inviteMember', { ...input, organizationId: other.id }, invited),
      await admin.mutate('inviteMember', { ...input, email: 'bob@people.test' }, invited),
    ].map(result => result.invitation.id)
    expect(new Set(ids).size).toBe(3)
  })
})

test('a refusal is not remembered: the same key works once the reason is gone', async () => {
  const w = await world()
  const input = { organizationId: w.acme.id, email: 'ada@people.test', idempotencyKey: key() }
  const first = await w.owner.mutate('inviteMember', { organizationId: w.acme.id, email: input.email }, invited)
  expect((await w.owner.mutate('inviteMember', input)).__typename).toBe('AlreadyInvitedError')
  await w.owner.mutate('revokeInvitation', { invitationId: first.invitation.id })
  expect((await w.owner.mutate('inviteMember', input)).__typename).toBe('InviteMemberPayload')
})

test('the first answer is not for one who may no longer ask', async () => {
  const w = await world()
  const admin = await w.acme.member({ roles: ['Admin'] })
  const input = { organizationId: w.acme.id, email: 'ada@people.test', idempotencyKey: key() }
  await admin.mutate('inviteMember', input)
  const roleIds = [await w.roleId('Member')]
  await w.owner.mutate('replaceMemberRoles', { membershipId: admin.membershipId, roleIds })
  expect(await admin.refusal('inviteMember', input)).toBe('FORBIDDEN')
})

test('a key is forgotten after 24 hours, to the millisecond, and removed on the way', async () => {
  const clock = testClock()
  const w = await world({ clock, isolated: true })
  const input = { organizationId: w.acme.id, email: 'ada@people.test', idempotencyKey: key() }
  await w.owner.mutate('inviteMember', { ...input, email: 'first@people.test', idempotencyKey: key() })
  await w.owner.mutate('inviteMember', input)
  clock.advance({ hours: 24 })
  const owner = await w.person(w.owner.email)
  expect((await owner.mutate('inviteMember', input)).__typename).toBe('AlreadyInvitedError')
  await owner.mutate('inviteMember', { ...input, email: 'bob@people.test' })
  expect(await sql(w, 'select count(*)::int as rows from idempotency_key')).toEqual([{ rows: 1 }])
})

test('no key, and null for one, are calls of their own', async () => {
  const { owner, acme } = await world()
  const input = { organizationId: acme.id, email: 'ada@people.test', idempotencyKey: null }
  expect((await owner.mutate('inviteMember', input)).__typename).toBe('InviteMemberPayload')
  expect((await owner.mutate('inviteMember', input)).__typename).toBe('AlreadyInvitedError')
})

test.each(['', ' ', 'a b', 'ä', 'a\n', 'a\u0000', 'x'.repeat(129)])(
  '%j is no key: it has 1 to 128 visible ASCII characters',
  async wrong => {
    const { owner, acme } = await world()
    expect(await tryToInviteMany(owner, acme, [{ email: 'ada@people.test' }], wrong)).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'idempotencyKey'] }],
    })
  },
)

test('what is kept is hashes and ids: no address, and no key', async () => {
  const w = await world({ isolated: true })
  const secret = `key-${key()}`
  await inviteMany(w.owner, w.acme, [{ email: 'ada@people.test' }, { email: 'not-an-address' }], secret)
  const rows = JSON.stringify(await sql(w, 'select k::text from idempotency_key k'))
  expect(rows).toContain('invitationId')
  for (const text of ['ada', 'not-an-address', secret, Buffer.from(secret).toString('hex')])
    expect(rows).not.toContain(text)
})
