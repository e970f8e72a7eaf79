import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { purgeOverdue } from '../../src/organizations/purge.ts'
import { outcome, together } from '../invitations/races.ts'
import { testClock } from '../kit/clock.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { rounds } from '../kit/rounds.ts'
import { actionsOf, sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { replica, rowsOf } from './purging.ts'

/** The organization deleted, and nothing else changed: as it is before each race. */
const deletedAgain = (w: World, { id }: { id: string }) =>
  sql(w, `update organization set deleted_at = now(), purges_at = now() + interval '30 days' where id = $1`, [
    uuidOf(id),
  ])

test('of a restore and a purge at once one comes about: the organization is whole, or gone (ORG-6)', async () => {
  const w = await world()
  for (const round of rounds) {
    const organization = await w.organization(w.owner)
    const organizationId = organization.id
    await deletedAgain(w, organization)
    const [restored, purged] = await together(
      round,
      () => outcome(w.owner, 'restoreOrganization', { organizationId }),
      () => outcome(w.operator, 'purgeOrganization', { organizationId }),
    )
    const isWhole = restored === 'RestoreOrganizationPayload'
    expect([restored, purged]).toEqual(
      isWhole ? ['RestoreOrganizationPayload', 'NOT_FOUND'] : ['NOT_FOUND', 'PurgeOrganizationPayload'],
    )
    const rows = await rowsOf(w, organization)
    if (isWhole)
      expect(rows).toMatchObject({ organization: 1, membership: 1, membership_role: 1, organization_slug: 1 })
    else expect(Object.keys(rows)).toEqual(['audit_event'])
  }
})

test('of several restores at once one restores, and it is recorded once (ORG-6)', async () => {
  const w = await world()
  for (const _ of rounds) {
    await deletedAgain(w, w.acme)
    const { result, ...journal } = await written(w, () =>
      Promise.all(
        [w.owner, w.operator, w.owner].map(by => outcome(by, 'restoreOrganization', { organizationId: w.acme.id })),
      ),
    )
    expect(result.toSorted()).toEqual(['NOT_FOUND', 'NOT_FOUND', 'RestoreOrganizationPayload'])
    expect(actionsOf(journal)).toEqual({ audit: ['ORGANIZATION_RESTORED'], outbox: ['ORGANIZATION_RESTORED'] })
  }
})

test('nobody is invited to an organization once it is deleted at the same time (ORG-6)', async () => {
  const w = await world()
  const organizationId = w.acme.id
  for (const round of rounds) {
    const { audit } = await written(w, async () => {
      const [deleted, invited] = await together(
        round,
        () => outcome(w.owner, 'deleteOrganization', { organizationId }),
        () => outcome(w.operator, 'inviteMember', { organizationId, email: `${randomUUID()}@people.test` }),
      )
      expect(deleted).toBe('DeleteOrganizationPayload')
      expect(['InviteMemberPayload', 'NOT_FOUND']).toContain(invited)
    })
    expect(audit.map(entry => entry.action).at(-1)).toBe('ORGANIZATION_DELETED')
    await sql(w, 'update organization set deleted_at = null, purges_at = null where id = $1', [uuidOf(organizationId)])
  }
})

test('replicas that purge at once share the work: each organization goes once, and all do (ORG-6)', async () => {
  const w = await world({ isolated: true, clock: testClock(), env: { RESTORE_DAYS: '0' } })
  const replicas = await Promise.all([replica(w), replica(w), replica(w)])
  const made = await Promise.all(rounds.map(() => w.organization(w.operator)))
  for (const { id } of made) await w.operator.mutate('deleteOrganization', { organizationId: id })
  const { result, audit } = await written(w, () => Promise.all(replicas.map(one => purgeOverdue(one))))
  const ids = made.map(({ id }) => uuidOf(id)).toSorted()
  expect(result.flat().toSorted()).toEqual(ids)
  expect(audit.map(entry => entry.action)).toEqual(ids.map(() => 'ORGANIZATION_PURGED'))
})
