import { expect, test } from 'vitest'
import { missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { type Member, type World, world } from '../kit/world.ts'
import { acceptOwnership, cancelOwnership, declineOwnership, expire, offer, ownersOf, sightsOf } from './offers.ts'

test('whoever accepts is an owner, beside the one who stays (MEM-6)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const result = await acceptOwnership(member, await offer(w.owner, member, w.acme))
  result.newOwner.roles.sort((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1))
  expect(result).toEqual({
    __typename: 'AcceptOwnershipPayload',
    ownershipTransfer: { status: 'ACCEPTED' },
    previousOwner: { id: w.owner.membershipId, isOwner: true, roles: [{ name: 'Owner' }] },
    newOwner: { id: member.membershipId, isOwner: true, roles: [{ name: 'Member' }, { name: 'Owner' }] },
    organization: { viewerIsOwner: true, ownershipTransfer: null },
  })
})

test('the previous owner gets the named roles in the place of the owner role, in the same transaction', async () => {
  const w = await world()
  const member = await w.acme.member()
  const id = await offer(w.owner, member, w.acme, [await w.roleId('Admin')])
  const { result, audit, outbox } = await written(w, () => acceptOwnership(member, id))
  expect(result.previousOwner).toEqual({ id: w.owner.membershipId, isOwner: false, roles: [{ name: 'Admin' }] })
  expect(await ownersOf(w, w.acme)).toEqual([member.membershipId])
  const actions = ['OWNERSHIP_TRANSFER_ACCEPTED', 'MEMBER_ROLES_CHANGED', 'MEMBER_ROLES_CHANGED']
  expect(actionsOf({ audit, outbox })).toEqual({ audit: actions, outbox: actions })
  expect(audit[2]?.changes).toMatchObject([{ field: 'roles', before: 'Owner', after: 'Admin' }])
  expect(outbox[0]?.payload).toEqual({ organizationId: uuidOf(w.acme.id), ownershipTransferId: uuidOf(id) })
})

test('with no roles for afterwards the previous owner keeps what else they hold, or nothing', async () => {
  const w = await world()
  const member = await w.acme.member()
  const result = await acceptOwnership(member, await offer(w.owner, member, w.acme, []))
  expect(result.previousOwner).toMatchObject({ isOwner: false, roles: [] })
})

test('a declined offer changes nobody, and is one audit entry and one event', async () => {
  const w = await world()
  const member = await w.acme.member()
  const id = await offer(w.owner, member, w.acme)
  const { result, ...journal } = await written(w, () => declineOwnership(member, id))
  expect(result.ownershipTransfer.status).toBe('DECLINED')
  const actions = ['OWNERSHIP_TRANSFER_DECLINED']
  expect(actionsOf(journal)).toEqual({ audit: actions, outbox: actions })
  expect(await ownersOf(w, w.acme)).toEqual([w.owner.membershipId])
})

test('every owner and an operator may cancel; the receiver may not, but decline', async () => {
  const w = await world()
  const [member, second] = [await w.acme.member(), await w.acme.member({ roles: ['Owner'] })]
  for (const by of [w.owner, second, w.operator]) {
    const id = await offer(w.owner, member, w.acme)
    const own = { ownershipTransferId: id }
    expect((await refusalOf(member, 'cancelOwnershipTransfer', own)).extensions.code).toBe('FORBIDDEN')
    const { result, ...journal } = await written(w, () => cancelOwnership(by, id))
    expect(result.ownershipTransfer.status).toBe('CANCELED')
    expect(actionsOf(journal).audit).toEqual(['OWNERSHIP_TRANSFER_CANCELED'])
  }
})

test('nobody answers for the receiver: not an owner, nor an operator', async () => {
  const w = await world()
  const id = await offer(w.owner, await w.acme.member(), w.acme)
  const own = { ownershipTransferId: id }
  for (const name of ['acceptOwnership', 'declineOwnership'])
    for (const by of [w.owner, w.operator]) expect((await refusalOf(by, name, own)).extensions.code).toBe('FORBIDDEN')
})

test('an offer one may not see is NOT_FOUND, like one that does not exist', async () => {
  const w = await world()
  const id = await offer(w.owner, await w.acme.member(), w.acme)
  const strangers = [await w.acme.member({ roles: ['Admin'] }), await w.person(), (await foreignOwner(w)).owner]
  for (const name of ['acceptOwnership', 'declineOwnership', 'cancelOwnershipTransfer'])
    for (const by of strangers) {
      const refusal = await refusalOf(by, name, { ownershipTransferId: id })
      expect(refusal.extensions.code).toBe('NOT_FOUND')
      expect(refusal).toEqual(await refusalOf(by, name, { ownershipTransferId: missingId('OwnershipTransfer') }))
    }
})

async function foreignOwner(w: World) {
  const owner = await w.person()
  return { owner, organization: await w.organization(owner) }
}

test('what is final or overdue can be neither accepted, declined nor canceled, and nothing changes', async () => {
  const w = await world()
  const member = await w.acme.member()
  const ends: [string, (id: string) => Promise<unknown>][] = [
    ['DECLINED', id => declineOwnership(member, id)],
    ['CANCELED', id => cancelOwnership(w.owner, id)],
    ['EXPIRED', id => expire(w, id)],
    ['ACCEPTED', id => acceptOwnership(member, id)],
  ]
  for (const [status, end] of ends) {
    const id = await offer(w.owner, member, w.acme)
    await end(id)
    const { result, ...journal } = await written(w, async () => [
      await acceptOwnership(member, id),
      await declineOwnership(member, id),
      await cancelOwnership(w.owner, id),
    ])
    for (const one of result) expect(one).toMatchObject({ __typename: 'OwnershipTransferClosedError', status })
    expect(actionsOf(journal)).toEqual(nothing)
  }
})

/** How somebody loses their say, each with the membership of whom it happens to. */
const losses: [string, (w: World, who: Member) => Promise<unknown>][] = [
  ['is removed', (w, { membershipId }) => w.operator.mutate('removeMember', { membershipId })],
  ['leaves', (_w, who) => who.mutate('removeMember', { membershipId: who.membershipId })],
  ['is suspended', (w, { membershipId }) => w.operator.mutate('suspendMember', { membershipId })],
]

test.each(losses)('an offer ends when either side %s (MEM-4, MEM-11)', async (_name, lose) => {
  const w = await world()
  await w.acme.member({ roles: ['Owner'] })
  for (const side of ['owner', 'receiver'] as const) {
    const by = await w.acme.member({ roles: ['Owner'] })
    const receiver = await w.acme.member()
    const id = await offer(by, receiver, w.acme)
    const { audit } = await written(w, () => lose(w, side === 'owner' ? by : receiver))
    expect(audit.map(entry => entry.action)).toContain('OWNERSHIP_TRANSFER_CANCELED')
    expect((await sightsOf(w.owner, id, w.acme)).node.status).toBe('CANCELED')
    expect((await sightsOf(w.owner, id, w.acme)).inOrganization).toBeNull()
    expect((await sightsOf(receiver, id, w.acme)).own).toEqual([])
  }
})

test('an offer of somebody who is no owner any more makes nobody one: it is canceled, and stays so', async () => {
  const w = await world()
  const [second, receiver] = [await w.acme.member({ roles: ['Owner'] }), await w.acme.member()]
  const id = await offer(second, receiver, w.acme)
  const removeRoleIds = [await w.roleId('Owner')]
  await w.owner.mutate('changeMemberRoles', { membershipId: second.membershipId, removeRoleIds })
  const { result, ...journal } = await written(w, () => acceptOwnership(receiver, id))
  expect(result).toMatchObject({ __typename: 'OwnershipTransferClosedError', status: 'CANCELED' })
  expect(actionsOf(journal).audit).toEqual(['OWNERSHIP_TRANSFER_CANCELED'])
  expect(await ownersOf(w, w.acme)).toEqual([w.owner.membershipId])
})

test('roles for afterwards that were deleted meanwhile are dropped (INV-6)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const roleId = await w.acme.customRole(['member:read'])
  const id = await offer(w.owner, member, w.acme, [roleId, await w.roleId('Member')])
  await w.owner.mutate('deleteRole', { roleId })
  expect((await acceptOwnership(member, id)).previousOwner).toMatchObject({ roles: [{ name: 'Member' }] })
})

test('in a deleted organization nothing is answered (ORG-6)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const id = await offer(w.owner, member, w.acme)
  await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
  for (const [by, name] of [
    [member, 'acceptOwnership'],
    [w.operator, 'cancelOwnershipTransfer'],
  ] as const)
    expect((await refusalOf(by, name, { ownershipTransferId: id })).extensions.code).toBe('NOT_FOUND')
  expect((await sightsOf(member, id, w.acme)).own).toEqual([])
})
