import { expect, test } from 'vitest'
import { outcome, together } from '../invitations/races.ts'
import type { Client } from '../kit/client.ts'
import { uuidOf } from '../kit/journal.ts'
import { rounds } from '../kit/rounds.ts'
import { limitSeats, sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { type Link, link } from './links.ts'

async function join(by: Client, { token }: Link): Promise<string> {
  const selection = '__typename ... on InviteLinkClosedError { status }'
  const query = `mutation($token: String!) { joinByInviteLink(input: { token: $token }) { ${selection} } }`
  const { data, errors } = await by.send(query, { token })
  const result = data?.joinByInviteLink ?? {}
  return errors[0]?.extensions.code ?? [result.__typename, result.status].filter(Boolean).join(' ')
}

/** What the tables have of a link: how often it counted a use, and who is there by it. */
async function traces(w: World, { id }: Link) {
  const [row] = await sql<{ uses: number; members: number; told: number }>(
    w,
    `select l.uses, (select count(*)::int from audit_event a where a.target_id = l.id and a.action = 'INVITE_LINK_USED') as told,
       (select count(*)::int from audit_event a join membership m on m.principal_id = a.actor_id and m.organization_id = l.organization_id
        where a.target_id = l.id and a.action = 'INVITE_LINK_USED' and m.origin = 'LINK') as members
     from invite_link l where l.id = $1`,
    [uuidOf(id)],
  )
  return row
}
const times = (count: number) => ({ uses: count, members: count, told: count })

/** New people who are known already, so that only their joining races. */
const people = (w: World, count: number) =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const person = await w.person()
      await person.id()
      return person
    }),
  )

test('the last use of a link is had by one, however many reach for it (LNK-3)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const made = await link(w.owner, w.acme, { maxUses: 1 })
    const outcomes = await Promise.all((await people(w, 4)).map(by => join(by, made)))
    expect(outcomes.sort()).toEqual([...Array(3).fill('InviteLinkClosedError USED_UP'), 'JoinByInviteLinkPayload'])
    expect(await traces(w, made)).toEqual(times(1))
  }
})

test('of many at once as many join as may (LNK-3)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const made = await link(w.owner, w.acme, { maxUses: 5 })
    const outcomes = await Promise.all((await people(w, 12)).map(by => join(by, made)))
    expect(outcomes.filter(one => one === 'JoinByInviteLinkPayload')).toHaveLength(5)
    expect(await traces(w, made)).toEqual(times(5))
  }
})

test('one who uses a link several times at once joins once, and counts once (MEM-1)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const made = await link(w.owner, w.acme)
    const [joiner = w.owner] = await people(w, 1)
    const outcomes = await Promise.all([join(joiner, made), join(joiner, made), join(joiner, made)])
    expect(outcomes.sort()).toEqual(['AlreadyMemberError', 'AlreadyMemberError', 'JoinByInviteLinkPayload'])
    expect(await traces(w, made)).toEqual(times(1))
  }
})

test('a link that is revoked while it is used has let somebody in, or not', async () => {
  const w = await world()
  for (const round of rounds) {
    const made = await link(w.owner, w.acme)
    const [joiner = w.owner] = await people(w, 1)
    const [joined, revoked] = await together(
      round,
      () => join(joiner, made),
      () => outcome(w.owner, 'revokeInviteLink', { inviteLinkId: made.id }),
    )
    expect(revoked).toBe('RevokeInviteLinkPayload')
    expect(['JoinByInviteLinkPayload', 'InviteLinkClosedError REVOKED']).toContain(joined)
    expect(await traces(w, made)).toEqual(times(joined === 'JoinByInviteLinkPayload' ? 1 : 0))
  }
})

test('a maker who is demoted or removed while somebody joins has made one member, or none (LNK-4, MEM-4)', async () => {
  const w = await world()
  const [admin, member] = [await w.roleId('Admin'), await w.roleId('Member')]
  for (const round of rounds) {
    const maker = await w.acme.member({ roles: ['Admin'] })
    const made = await link(maker, w.acme, { roleIds: [admin] })
    const [joiner = w.owner] = await people(w, 1)
    const membershipId = maker.membershipId
    const [joined] = await together(
      round,
      () => join(joiner, made),
      () =>
        round % 4 < 2
          ? outcome(w.owner, 'replaceMemberRoles', { membershipId, roleIds: [member] })
          : outcome(w.owner, 'removeMember', { membershipId }),
    )
    expect(['JoinByInviteLinkPayload', 'InviteLinkClosedError REVOKED']).toContain(joined)
    expect(await traces(w, made)).toEqual(times(joined === 'JoinByInviteLinkPayload' ? 1 : 0))
  }
})

test('the last seat is given once, and no use is lost by those who got none (MEM-3)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const organization = await w.organization(w.operator)
    await limitSeats(w, organization, 2)
    const made = await link(w.operator, organization, { maxUses: 3 })
    const outcomes = await Promise.all((await people(w, 3)).map(by => join(by, made)))
    expect(outcomes.sort()).toEqual(['JoinByInviteLinkPayload', 'SeatLimitReachedError', 'SeatLimitReachedError'])
    expect(await traces(w, made)).toEqual(times(1))
  }
})
