import { describe, expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { memberWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, limitSeats, nothing, sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { joinBy, type Link, link, revokeLink, seenLink, unknown } from './links.ts'

const usesOf = async (w: World, { id }: Link) =>
  (await sql<{ uses: number }>(w, 'select uses from invite_link where id = $1', [uuidOf(id)]))[0]?.uses

test('whoever has the token joins with the roles of the link, by the hand of who made it (LNK-3, MEM-2)', async () => {
  const w = await world()
  const made = await link(w.owner, w.acme, { roleIds: [await w.acme.customRole(['audit:read'], { name: 'Auditor' })] })
  const { __typename, membership } = await joinBy(await w.person(), made)
  expect({ __typename, ...membership }).toMatchObject({
    ...{ __typename: 'JoinByInviteLinkPayload', origin: 'LINK', isOwner: false, roles: [{ name: 'Auditor' }] },
    ...{ addedBy: { id: await w.owner.id() }, organization: { id: w.acme.id } },
  })
  expect(await seenLink(w.owner, made)).toMatchObject({ uses: 1, status: 'ACTIVE' })
})

test('membership, use, audit entries and events are one (LNK-3)', async () => {
  const w = await world()
  const [made, joiner] = [await link(w.owner, w.acme), await w.person()]
  await joiner.id()
  const { result, audit, outbox } = await written(w, () => joinBy(joiner, made))
  const where = uuidOf(w.acme.id)
  expect(audit.map(({ action, target, changes }) => ({ action, target, changes }))).toMatchObject([
    {
      action: 'MEMBER_ADDED',
      changes: [{ field: 'origin', after: 'LINK' }, { field: 'addedBy' }, { field: 'roles', after: 'Member' }],
    },
    { action: 'INVITE_LINK_USED', target: 'InviteLink Team', changes: [{ field: 'uses', before: '0', after: '1' }] },
  ])
  expect(outbox.map(event => event.type)).toEqual(['MEMBER_ADDED', 'INVITE_LINK_USED'])
  const membershipId = uuidOf(result.membership.id)
  expect(outbox[1]?.payload).toEqual({ organizationId: where, inviteLinkId: uuidOf(made.id), membershipId })
})

describe('a link lets nobody in any more (LNK-2)', () => {
  test('once it is used up', async () => {
    const w = await world()
    const made = await link(w.owner, w.acme, { maxUses: 2 })
    for (const _ of [1, 2]) expect((await joinBy(await w.person(), made)).__typename).toBe('JoinByInviteLinkPayload')
    const { result, ...journal } = await written(w, async () => joinBy(await w.person(), made))
    expect(result).toMatchObject({ __typename: 'InviteLinkClosedError', status: 'USED_UP' })
    expect(actionsOf(journal)).toEqual(nothing)
    expect(await usesOf(w, made)).toBe(2)
  })

  test('from the very moment of its expiry', async () => {
    const clock = testClock()
    const w = await world({ clock })
    const made = await link(w.owner, w.acme, { expiresAt: new Date(clock().getTime() + 60_000).toISOString() })
    const [early, late] = [await w.person(), await w.person()]
    expect((await joinBy(early, made)).__typename).toBe('JoinByInviteLinkPayload')
    clock.advance({ minutes: 1 })
    expect(await joinBy(late, made)).toMatchObject({ __typename: 'InviteLinkClosedError', status: 'EXPIRED' })
  })

  test('once it is revoked', async () => {
    const w = await world()
    const made = await link(w.owner, w.acme)
    await revokeLink(w.owner, made)
    expect(await joinBy(await w.person(), made)).toMatchObject({
      ...{ __typename: 'InviteLinkClosedError', status: 'REVOKED' },
    })
  })

  test('of an organization that is deleted: it is as good as unknown (ORG-6)', async () => {
    const w = await world()
    const made = await link(w.owner, w.acme)
    await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
    const stranger = await w.person()
    expect(await refusalOf(stranger, 'joinByInviteLink', { token: made.token })).toEqual(await unknown(stranger))
  })
})

test('an unknown token, and the hash or a part of a known one, find nothing', async () => {
  const w = await world()
  const { token, id } = await link(w.owner, w.acme)
  const [row] = await sql<{ hash: string }>(w, 'select token_hash as hash from invite_link where id = $1', [uuidOf(id)])
  const stranger = await w.person()
  const missing = await unknown(stranger)
  expect(missing.extensions.code).toBe('NOT_FOUND')
  for (const wrong of [
    '',
    token.slice(0, -1),
    ` ${token}`,
    `${token}=`,
    token.toUpperCase(),
    row?.hash,
    id,
    '%',
    '\u0000',
  ])
    expect(await refusalOf(stranger, 'joinByInviteLink', { token: wrong })).toEqual(missing)
})

test('a member who uses a link is a member already, and no use is counted, of a closed link neither (MEM-1, LNK-3)', async () => {
  const w = await world()
  const made = await link(w.owner, w.acme, { maxUses: 1, roleIds: [await w.roleId('Admin')] })
  const member = await w.acme.member()
  const { result, ...journal } = await written(w, () => joinBy(member, made))
  expect(result).toMatchObject({ __typename: 'AlreadyMemberError', membership: { id: member.membershipId } })
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await usesOf(w, made)).toBe(0)
  const joiner = await w.person()
  const { membership } = await joinBy(joiner, made)
  expect(await joinBy(joiner, made)).toMatchObject({
    __typename: 'AlreadyMemberError',
    membership: { id: membership.id },
  })
})

test('without a seat nobody joins, and no use is counted (MEM-3)', async () => {
  const w = await world()
  const made = await link(w.owner, w.acme, { maxUses: 1 })
  await limitSeats(w, w.acme, 1)
  const joiner = await w.person()
  expect(await joinBy(joiner, made)).toMatchObject({ __typename: 'SeatLimitReachedError', seatLimit: 1 })
  expect(await usesOf(w, made)).toBe(0)
  await limitSeats(w, w.acme, 2)
  expect((await joinBy(joiner, made)).__typename).toBe('JoinByInviteLinkPayload')
})

test('who joined by it may be removed, and come again while it is open', async () => {
  const w = await world()
  const made = await link(w.owner, w.acme, { maxUses: 2 })
  const joiner = await w.person()
  const { membership } = await joinBy(joiner, made)
  await w.owner.mutate('removeMember', { membershipId: membership.id })
  expect((await joinBy(joiner, made)).membership.id).not.toBe(membership.id)
  expect(await usesOf(w, made)).toBe(2)
})

test('who is at a blocked domain does not join by a link, not even by one for that domain (INV-17)', async () => {
  const w = await world({ env: { BLOCKED_EMAIL_DOMAINS: 'mailinator.test' } })
  const made = await link(w.owner, w.acme, { allowedEmailDomains: ['mailinator.test'], maxUses: 1 })
  const { __typename } = await joinBy(await w.person(`x${crypto.randomUUID()}@mailinator.test`), made)
  expect({ __typename, uses: await usesOf(w, made) }).toEqual({ __typename: 'EmailDomainBlockedError', uses: 0 })
})

test('machines and the anonymous do not join by a link', async () => {
  const w = await world()
  const { token } = await link(w.owner, w.acme)
  expect(await (await w.machine()).refusal('joinByInviteLink', { token })).toBe('FORBIDDEN')
  expect(await w.anonymous().refusal('joinByInviteLink', { token })).toBe('UNAUTHENTICATED')
  expect(await w.anonymous().refusal('joinByInviteLink', { token: 'unknown' })).toBe('UNAUTHENTICATED')
})

describe('whoever made the link has to be able to give its roles still (LNK-4)', () => {
  test('a maker who was demoted: the link is revoked at its next use, and stays so', async () => {
    const w = await world()
    const maker = await w.acme.member({ roles: ['Admin'] })
    const made = await link(maker, w.acme, { roleIds: [await w.roleId('Admin')] })
    const replacement = { membershipId: maker.membershipId, roleIds: [await w.roleId('Member')] }
    await w.owner.mutate('replaceMemberRoles', replacement)
    const { result, audit, outbox } = await written(w, async () => joinBy(await w.person(), made))
    expect(result).toMatchObject({ __typename: 'InviteLinkClosedError', status: 'REVOKED' })
    const reason = { field: 'reason', before: null, after: 'its maker may no longer make this offer' }
    expect(audit.map(({ action, changes }) => ({ action, changes }))).toEqual([
      { action: 'INVITE_LINK_REVOKED', changes: [reason] },
    ])
    expect(outbox.map(event => event.type)).toEqual(['INVITE_LINK_REVOKED'])
    await w.owner.mutate('replaceMemberRoles', { ...replacement, roleIds: [await w.roleId('Admin')] })
    expect(await joinBy(await w.person(), made)).toMatchObject({ status: 'REVOKED' })
    expect(await seenLink(w.owner, made)).toMatchObject({ status: 'REVOKED', uses: 0 })
  })

  test('a role of the link that was given more than its maker holds', async () => {
    const w = await world()
    const maker = await memberWith(w.acme, ['invite-link:create', 'member:read'])
    const roleId = await w.acme.customRole(['member:read'])
    const made = await link(maker, w.acme, { roleIds: [roleId] })
    const permissionIds = [await w.permissionId('member:read'), await w.permissionId('audit:read')]
    await w.owner.mutate('updateRole', { roleId, permissionIds })
    expect(await joinBy(await w.person(), made)).toMatchObject({
      __typename: 'InviteLinkClosedError',
      status: 'REVOKED',
    })
  })

  test.each([
    ['holds what the roles permit', undefined],
    ['offered no roles', []],
  ])('a maker who lost the right to make links, and %s: nobody comes in by it any more', async (_, roleIds) => {
    const w = await world()
    const maker = await memberWith(w.acme, ['invite-link:create', 'member:read'])
    const made = await link(maker, w.acme, roleIds === undefined ? {} : { roleIds })
    await w.owner.mutate('replaceMemberRoles', {
      membershipId: maker.membershipId,
      roleIds: [await w.roleId('Member')],
    })
    expect(await joinBy(await w.person(), made)).toMatchObject({
      __typename: 'InviteLinkClosedError',
      status: 'REVOKED',
    })
  })

  test('roles that were deleted meanwhile are dropped', async () => {
    const w = await world()
    const gone = await w.acme.customRole(['audit:read'])
    const made = await link(w.owner, w.acme, { roleIds: [gone, await w.roleId('Member')] })
    await w.owner.mutate('deleteRole', { roleId: gone, replacementRoleId: await w.roleId('Member') })
    expect((await joinBy(await w.person(), made)).membership.roles).toEqual([{ name: 'Member' }])
  })
})
