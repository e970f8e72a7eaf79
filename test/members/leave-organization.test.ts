import { expect, test } from 'vitest'
import { uuidOf, written } from '../kit/journal.ts'
import { actionsOf, refusedOnly } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const leave = 'removeMember'
const selection = '... on RemoveMemberPayload { removedMembershipId organization { id } }'

test.each([['Member'], ['Admin']])(
  'leaving needs no permission: a member with the role %s goes (MEM-6)',
  async role => {
    const w = await world()
    const member = await w.acme.member({ roles: [role] })
    const result = await member.mutate(leave, { membershipId: member.membershipId }, selection)
    expect(result).toMatchObject({ removedMembershipId: member.membershipId, organization: null })
    expect((await member.query('{ viewer { memberships { totalCount } } }')).viewer.memberships.totalCount).toBe(0)
  },
)

test('a member without any role leaves as well (MEM-6)', async () => {
  const w = await world()
  const member = await w.acme.member({ roles: [] })
  expect((await member.mutate(leave, { membershipId: member.membershipId })).__typename).toBe('RemoveMemberPayload')
})

test('leaving is told apart from being removed, in the audit log and in the event (MGT-3)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const { audit, outbox } = await written(w, () => member.mutate(leave, { membershipId: member.membershipId }))
  expect(actionsOf({ audit, outbox })).toEqual({ audit: ['MEMBER_LEFT'], outbox: ['MEMBER_LEFT'] })
  expect(audit[0]).toMatchObject({ where: uuidOf(w.acme.id), changes: [] })
  expect(outbox[0]?.payload).toEqual({
    organizationId: uuidOf(w.acme.id),
    membershipId: uuidOf(member.membershipId),
    principalId: uuidOf(await member.id()),
  })
})

test('invitations of one who leaves are revoked (MEM-4)', async () => {
  const w = await world()
  const admin = await w.acme.member({ roles: ['Admin'] })
  const invited = await w.person()
  await invited.id()
  await admin.mutate('inviteMember', { organizationId: w.acme.id, email: invited.email })
  const own = '{ viewer { invitations { totalCount } } }'
  expect((await invited.query(own)).viewer.invitations.totalCount).toBe(1)
  const journal = await written(w, () => admin.mutate(leave, { membershipId: admin.membershipId }))
  const both = ['MEMBER_LEFT', 'INVITATION_REVOKED']
  expect(actionsOf(journal)).toEqual({ audit: both, outbox: both })
  expect((await invited.query(own)).viewer.invitations.totalCount).toBe(0)
})

test('the last owner cannot leave; the attempt is recorded, and everything stays (MEM-6)', async () => {
  const w = await world()
  await w.acme.member({ roles: ['Admin'] })
  const { result, ...journal } = await written(w, () => w.owner.mutate(leave, { membershipId: w.owner.membershipId }))
  expect(result).toMatchObject({ __typename: 'LastOwnerError', message: expect.stringContaining('owner') })
  expect(actionsOf(journal)).toEqual(refusedOnly)
  const query = 'query($id: ID!) { organization(by: { id: $id }) { viewerIsOwner members { totalCount } } }'
  expect(await w.owner.query(query, w.acme)).toEqual({
    organization: { viewerIsOwner: true, members: { totalCount: 2 } },
  })
})

test('with another owner, an owner leaves; then that one is the last (MEM-6)', async () => {
  const w = await world()
  const second = await w.acme.member({ roles: ['Owner'] })
  expect((await w.owner.mutate(leave, { membershipId: w.owner.membershipId })).__typename).toBe('RemoveMemberPayload')
  expect((await second.mutate(leave, { membershipId: second.membershipId })).__typename).toBe('LastOwnerError')
})

test('one who left does what they did before no longer, on the very next request (ROL-4)', async () => {
  const w = await world()
  const admin = await w.acme.member({ roles: ['Admin'] })
  await admin.mutate(leave, { membershipId: admin.membershipId })
  expect(await admin.refusal('updateOrganization', { organizationId: w.acme.id, name: 'Mine' })).toBe('NOT_FOUND')
  expect(await admin.refusal(leave, { membershipId: admin.membershipId })).toBe('NOT_FOUND')
  expect(await admin.refusal(leave, { membershipId: w.owner.membershipId })).toBe('NOT_FOUND')
})

test('a machine that is a member leaves by itself (MEM-6)', async () => {
  const w = await world()
  const machine = await w.machine()
  const input = { organizationId: w.acme.id, applicationId: await machine.id(), roleIds: [] }
  const { membership } = await w.operator.mutate(
    'addMachineMember',
    input,
    '... on AddMachineMemberPayload { membership { id } }',
  )
  expect((await machine.mutate(leave, { membershipId: membership.id })).__typename).toBe('RemoveMemberPayload')
})

test('ids of the wrong type are BAD_USER_INPUT; no token is UNAUTHENTICATED', async () => {
  const w = await world()
  for (const membershipId of [w.acme.id, await w.owner.id(), 'nonsense', ''])
    expect(await w.owner.refusal(leave, { membershipId })).toBe('BAD_USER_INPUT')
  expect(await w.owner.refusal(leave, {})).toBe('BAD_USER_INPUT')
  expect(await w.anonymous().refusal(leave, { membershipId: w.owner.membershipId })).toBe('UNAUTHENTICATED')
})
