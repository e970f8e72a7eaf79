import { expect, test } from 'vitest'
import { outcomeOf } from '../kit/outcome.ts'
import { rounds } from '../kit/rounds.ts'
import { world } from '../kit/world.ts'
import { createRole, rolesHeld } from '../roles/template.ts'
import { offer, ownersOf } from './offers.ts'

test('of an acceptance and a cancellation at once, one happens', async () => {
  const w = await world()
  for (const _ of rounds) {
    const organization = await w.organization(w.owner)
    const member = await organization.member()
    const own = { ownershipTransferId: await offer(w.owner, member, organization) }
    const [accepted, canceled] = await Promise.all([
      outcomeOf(member, 'acceptOwnership', own),
      outcomeOf(w.owner, 'cancelOwnershipTransfer', own),
    ])
    const isOwner = (await ownersOf(w, organization)).includes(member.membershipId)
    expect([accepted, canceled, isOwner]).toEqual(
      isOwner
        ? ['AcceptOwnershipPayload', 'OwnershipTransferClosedError', true]
        : ['OwnershipTransferClosedError', 'CancelOwnershipTransferPayload', false],
    )
  }
})

test('accepted twice at once, an offer makes one owner once', async () => {
  const w = await world()
  for (const _ of rounds) {
    const organization = await w.organization(w.owner)
    const member = await organization.member()
    const own = { ownershipTransferId: await offer(w.owner, member, organization, []) }
    const outcomes = await Promise.all([1, 2, 3].map(() => outcomeOf(member, 'acceptOwnership', own)))
    expect(outcomes.toSorted()).toEqual([
      'AcceptOwnershipPayload',
      'OwnershipTransferClosedError',
      'OwnershipTransferClosedError',
    ])
    expect(await ownersOf(w, organization)).toEqual([member.membershipId])
  }
})

test('an acceptance that races with the suspension of either side leaves an active owner (MEM-6, MEM-11)', async () => {
  const w = await world()
  for (const round of rounds) {
    const organization = await w.organization(w.owner)
    const member = await organization.member()
    const own = { ownershipTransferId: await offer(w.owner, member, organization, []) }
    const membershipId = round % 2 === 0 ? member.membershipId : organization.ownerMembershipId
    const [accepted, suspended] = await Promise.all([
      outcomeOf(member, 'acceptOwnership', own),
      outcomeOf(w.operator, 'suspendMember', { membershipId }),
    ])
    const { organization: found } = await w.operator.query(
      'query($id: ID!) { organization(by: { id: $id }) { members(filter: { status: ACTIVE }) { nodes { id isOwner } } } }',
      { id: organization.id },
    )
    const owners = found.members.nodes.filter((one: { isOwner: boolean }) => one.isOwner)
    expect(owners, `${accepted} ${suspended}`).toHaveLength(1)
  }
})

test('of two owners who offer at once, one offer is pending', async () => {
  const w = await world()
  const second = await w.acme.member({ roles: ['Owner'] })
  const { id: organizationId } = w.acme
  for (const _ of rounds) {
    const { membershipId: newOwnerMembershipId } = await w.acme.member()
    const input = { organizationId, newOwnerMembershipId }
    const outcomes = await Promise.all([w.owner, second].map(by => outcomeOf(by, 'transferOwnership', input)))
    expect(outcomes.toSorted()).toEqual(['OwnershipTransferPendingError', 'TransferOwnershipPayload'])
    const { organization } = await w.owner.query(
      'query($id: ID!) { organization(by: { id: $id }) { ownershipTransfer { id } } }',
      w.acme,
    )
    await w.owner.mutate('cancelOwnershipTransfer', { ownershipTransferId: organization.ownershipTransfer.id })
  }
})

test('a role of the offer that is deleted at the moment of the acceptance is given before, or dropped (INV-6, TPL-6)', async () => {
  const w = await world({ isolated: true })
  const kept = await w.roleId('Member')
  for (const round of rounds) {
    const organization = await w.organization(w.owner)
    const member = await organization.member()
    const roleId = await createRole(w.operator, `Emeritus ${round}`)
    const own = { ownershipTransferId: await offer(w.owner, member, organization, [kept, roleId]) }
    const [accepted, deleted] = await Promise.all([
      outcomeOf(member, 'acceptOwnership', own),
      outcomeOf(w.operator, 'deleteRole', { roleId }),
    ])
    expect(accepted).toBe('AcceptOwnershipPayload')
    expect(await ownersOf(w, organization)).toEqual([member.membershipId])
    const held = deleted === 'DeleteRolePayload' ? ['Member'] : ['Member', `Emeritus ${round}`]
    expect((await rolesHeld(member, organization.ownerMembershipId)).toSorted()).toEqual(held.toSorted())
    // The template has room for so many.
    if (deleted !== 'DeleteRolePayload') await w.operator.mutate('deleteRole', { roleId, replacementRoleId: kept })
  }
})
