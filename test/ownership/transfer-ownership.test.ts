import { expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { cancelOwnership, expire, offer, ownersOf, sightsOf, tryToOffer } from './offers.ts'

test('an offer of ownership changes nobody until it is accepted, and lasts seven days', async () => {
  const clock = testClock(new Date('2030-05-01T10:00:00.120Z'))
  const w = await world({ isolated: true, clock })
  const member = await w.acme.member()
  const result = await tryToOffer(w.owner, member, w.acme, [await w.roleId('Admin')])
  expect(result.ownershipTransfer).toMatchObject({
    status: 'PENDING',
    expiresAt: '2030-05-08T10:00:00.120Z',
    newOwner: { id: await member.id() },
    previousOwnerRoles: [{ name: 'Admin' }],
    viewerCanAccept: false,
    viewerCanCancel: true,
  })
  expect(await ownersOf(w, w.acme)).toEqual([w.owner.membershipId])
})

test('without roles for afterwards the owner stays one', async () => {
  const w = await world()
  const result = await tryToOffer(w.owner, await w.acme.member(), w.acme)
  expect(result.ownershipTransfer.previousOwnerRoles).toBeNull()
})

test('offering is one audit entry and one event (MGT-3)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const { displayName } = (await member.query('{ viewer { principal { displayName } } }')).viewer.principal
  const { result, audit, outbox } = await written(w, () => tryToOffer(w.owner, member, w.acme, []))
  const where = uuidOf(w.acme.id)
  const expiresAt = { field: 'expiresAt', before: null, after: result.ownershipTransfer.expiresAt }
  expect(audit).toMatchObject([
    {
      where,
      action: 'OWNERSHIP_TRANSFER_OFFERED',
      target: `OwnershipTransfer ${displayName}`,
      changes: [{ field: 'previousOwner', before: null, after: '' }, expiresAt],
    },
  ])
  const payload = {
    organizationId: where,
    ownershipTransferId: uuidOf(result.ownershipTransfer.id),
    newOwnerId: uuidOf(await member.id()),
    roleIds: [],
  }
  expect(outbox).toEqual([{ where, type: 'OWNERSHIP_TRANSFER_OFFERED', payload }])
})

test('the two sides, other owners and operators see the offer, and nobody else', async () => {
  const w = await world()
  const [receiver, second] = [await w.acme.member(), await w.acme.member({ roles: ['Owner'] })]
  const admin = await w.acme.member({ roles: ['Admin'] })
  const id = await offer(w.owner, receiver, w.acme)
  const sights = async (by: typeof admin) => {
    const { node, inOrganization, own } = await sightsOf(by, id, w.acme)
    return [node?.viewerCanAccept, node?.viewerCanCancel, inOrganization === id, own.length]
  }
  expect(await sights(w.owner)).toEqual([false, true, true, 0])
  expect(await sights(second)).toEqual([false, true, true, 0])
  expect(await sights(receiver)).toEqual([true, false, true, 1])
  expect(await sights(admin)).toEqual([undefined, undefined, false, 0])
  const reader = await operatorWith(w, ['ORGANIZATIONS_READ'])
  expect((await sightsOf(reader, id, w.acme)).node).toMatchObject({ viewerCanCancel: false })
  expect((await sightsOf(w.operator, id, w.acme)).node).toMatchObject({ viewerCanCancel: true })
  expect((await sightsOf(await w.person(), id, w.acme)).node).toBeNull()
})

test('only an owner hands ownership on: not an admin, nor one with every permission, nor an operator', async () => {
  const w = await world()
  const member = await w.acme.member()
  const permissions = (await w.operator.query('{ organizationTemplate { permissions { key isBuiltIn } } }'))
    .organizationTemplate.permissions
  const keys = permissions.filter((one: { isBuiltIn: boolean }) => one.isBuiltIn).map((one: { key: string }) => one.key)
  const input = { organizationId: w.acme.id, newOwnerMembershipId: member.membershipId }
  for (const by of [await w.acme.member({ roles: ['Admin'] }), await memberWith(w.acme, keys), w.operator]) {
    expect((await refusalOf(by, 'transferOwnership', input)).extensions.code).toBe('FORBIDDEN')
    expect((await sightsOf(by, missingId('OwnershipTransfer'), w.acme)).mayOffer).toBe(false)
  }
  expect((await refusalOf(await w.person(), 'transferOwnership', input)).extensions.code).toBe('NOT_FOUND')
  expect((await sightsOf(w.owner, missingId('OwnershipTransfer'), w.acme)).mayOffer).toBe(true)
})

test('an offer goes to another active user of the organization who is no owner yet', async () => {
  const w = await world()
  const [second, suspended] = [await w.acme.member({ roles: ['Owner'] }), await w.acme.member()]
  await w.owner.mutate('suspendMember', { membershipId: suspended.membershipId })
  const machine = await w.machine()
  const input = { organizationId: w.acme.id, applicationId: await machine.id(), roleIds: [] }
  const added = await w.operator.mutate(
    'addMachineMember',
    input,
    '... on AddMachineMemberPayload { membership { id } }',
  )
  const unfit = [
    [w.owner, 'Name another member.'],
    [second, 'This member is an owner already.'],
    [suspended, 'This member is suspended.'],
    [{ ...second, membershipId: added.membership.id }, 'A machine cannot be an owner.'],
  ] as const
  for (const [to, message] of unfit) {
    const { result, ...journal } = await written(w, () => tryToOffer(w.owner, to, w.acme))
    expect(result.issues).toEqual([{ path: ['input', 'newOwnerMembershipId'], message }])
    expect(actionsOf(journal)).toEqual(nothing)
  }
})

test('a member of another organization is NOT_FOUND, like one who does not exist', async () => {
  const w = await world()
  const elsewhere = await w.organization(w.owner)
  const foreign = await elsewhere.member()
  const refusals = await Promise.all(
    [foreign.membershipId, missingId('Membership')].map(newOwnerMembershipId =>
      refusalOf(w.owner, 'transferOwnership', { organizationId: w.acme.id, newOwnerMembershipId }),
    ),
  )
  expect(refusals[0]?.extensions.code).toBe('NOT_FOUND')
  expect(refusals[1]).toEqual(refusals[0])
})

test('there is one pending offer at a time; one that is canceled or overdue is not in the way', async () => {
  const w = await world()
  const [first, second] = [await w.acme.member(), await w.acme.member()]
  const id = await offer(w.owner, first, w.acme)
  const other = await tryToOffer(w.owner, second, w.acme)
  expect(other).toMatchObject({ __typename: 'OwnershipTransferPendingError', ownershipTransfer: { id } })
  await cancelOwnership(w.owner, id)
  const next = await offer(w.owner, second, w.acme)
  await expire(w, next)
  expect((await sightsOf(w.owner, next, w.acme)).node.status).toBe('EXPIRED')
  expect((await sightsOf(w.owner, next, w.acme)).inOrganization).toBeNull()
  const { result, ...journal } = await written(w, () => tryToOffer(w.owner, first, w.acme))
  expect(result.__typename).toBe('TransferOwnershipPayload')
  expect(actionsOf(journal).audit).toEqual(['OWNERSHIP_TRANSFER_EXPIRED', 'OWNERSHIP_TRANSFER_OFFERED'])
})

test('OWNERSHIP_TRANSFER_DAYS says how long an offer lasts', async () => {
  const clock = testClock(new Date('2030-05-01T10:00:00.120Z'))
  const w = await world({ isolated: true, clock, env: { OWNERSHIP_TRANSFER_DAYS: '2' } })
  const { ownershipTransfer } = await tryToOffer(w.owner, await w.acme.member(), w.acme)
  expect(ownershipTransfer.expiresAt).toBe('2030-05-03T10:00:00.120Z')
})

test('what the owner becomes are USER roles of this organization, not the owner role (ROL-2)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const [service, owner] = [await w.roleId('Service'), await w.roleId('Owner')]
  const foreign = await (await w.organization(w.owner)).customRole([])
  for (const roleId of [service, foreign, missingId('OrganizationRole')])
    expect(await tryToOffer(w.owner, member, w.acme, [roleId])).toMatchObject({
      __typename: 'RoleNotAssignableError',
      roleIds: [roleId],
    })
  expect(await tryToOffer(w.owner, member, w.acme, [owner])).toMatchObject({
    issues: [{ path: ['input', 'previousOwnerRoleIds'], message: 'Leave this out to stay an owner.' }],
  })
})

test('nobody comes to hold by it what an owner does not: a permission of the product (ROL-3)', async () => {
  const w = await world({ isolated: true })
  const made = await w.operator.mutate(
    'createPermission',
    { key: 'invoice:void', description: 'Voids.' },
    '... on CreatePermissionPayload { permission { id } }',
  )
  const role = await w.operator.mutate(
    'createTemplateRole',
    { name: 'Accountant', permissionIds: [made.permission.id] },
    '... on CreateTemplateRolePayload { role { id } }',
  )
  const result = await tryToOffer(w.owner, await w.acme.member(), w.acme, [role.role.id])
  expect(result).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'invoice:void' }] })
})
