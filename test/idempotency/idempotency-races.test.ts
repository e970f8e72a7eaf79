import { expect, test } from 'vitest'
import { addresses, inviteMany, typesOf } from '../invitations/batches.ts'
import { uuidOf } from '../kit/journal.ts'
import { rounds } from '../kit/rounds.ts'
import { sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'

const key = () => crypto.randomUUID()

test('500 invitations sent twice at once with one key are made once, and both get the same answer', async () => {
  const w = await world()
  for (const _ of rounds) {
    const { id } = await w.organization(w.owner)
    const [items, once] = [addresses(500), key()]
    const [first, second] = await Promise.all([1, 2].map(() => inviteMany(w.owner, { id }, items, once)))
    expect(first).toEqual(second)
    expect(new Set(typesOf(first ?? []))).toEqual(new Set(['Invitation']))
    expect(await counts(w, id)).toEqual({ invitations: 500, entries: 500, events: 500 })
  }
})

test('a few sent three times at once, again and again, are made once each time', async () => {
  const w = await world()
  const { id } = await w.organization(w.owner)
  for (const _ of rounds) {
    const [items, once] = [addresses(3), key()]
    const answers = await Promise.all([1, 2, 3].map(() => inviteMany(w.owner, { id }, items, once)))
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1)
  }
  const made = 3 * rounds.length
  expect(await counts(w, id)).toEqual({ invitations: made, entries: made, events: made })
})

test('of two different calls with one key at once, one is done and the other refused', async () => {
  const w = await world()
  const { id: organizationId } = await w.organization(w.owner)
  for (const round of rounds) {
    const idempotencyKey = key()
    const results = await Promise.all(
      [1, 2].map(one =>
        w.owner.mutate('inviteMember', { organizationId, email: `${round}.${one}@people.test`, idempotencyKey }),
      ),
    )
    expect(results.map(result => result.__typename).sort()).toEqual([
      'IdempotencyKeyReusedError',
      'InviteMemberPayload',
    ])
  }
})

test('an organization created several times at once with one key is one, where no lock of an organization helps', async () => {
  const w = await world()
  const selection = '... on CreateOrganizationPayload { organization { id } }'
  for (const round of rounds) {
    const founder = await w.person()
    await founder.id()
    const input = { name: `Raced ${round}`, idempotencyKey: key() }
    const results = await Promise.all([1, 2, 3].map(() => founder.mutate('createOrganization', input, selection)))
    expect(new Set(results.map(result => result.organization.id)).size).toBe(1)
    const { viewer } = await founder.query('{ viewer { memberships { totalCount } } }')
    expect(viewer.memberships.totalCount).toBe(1)
  }
})

test('of attempts that are undone nothing is left: the same key does the work once it can be done', async () => {
  const w = await world({ env: { SLUG_REDIRECT_DAYS: '0' } })
  const selection = '... on CreateOrganizationPayload { organization { slug } }'
  for (const round of rounds) {
    const slug = `undone-${key().slice(0, 18)}`
    const taken = await w.organization(w.owner, { name: 'In the way', slug })
    const input = { name: `Undone ${round}`, slug, idempotencyKey: key() }
    const create = () => Promise.all([1, 2].map(() => w.owner.mutate('createOrganization', input, selection)))
    expect((await create()).map(result => result.__typename)).toEqual(['SlugTakenError', 'SlugTakenError'])
    await w.owner.mutate('updateOrganization', { organizationId: taken.id, slug: `${slug}-moved` })
    expect((await create()).map(result => result.organization.slug)).toEqual([slug, slug])
  }
})

async function counts(w: World, id: string) {
  const [row] = await sql(
    w,
    `select (select count(*)::int from invitation where organization_id = $1) as invitations,
       (select count(*)::int from audit_event where organization_id = $1 and action = 'INVITATION_CREATED') as entries,
       (select count(*)::int from outbox_event where organization_id = $1 and type = 'INVITATION_CREATED') as events`,
    [uuidOf(id)],
  )
  return row
}
