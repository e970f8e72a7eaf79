import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { lets, tryToAsk } from '../join-requests/requests.ts'
import type { Client } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { actionsOf, sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'

const unique = () => `s-${randomUUID().slice(0, 18)}`
/** Of races, on a machine that is busy otherwise. */
const timeout = 180_000
const taken = '... on SlugTakenError { suggestion }'

async function bySlug(by: Client, slug: string): Promise<{ id: string; slug: string } | null> {
  const query = 'query($slug: String!) { organization(by: { slug: $slug }) { id slug } }'
  return (await by.query(query, { slug })).organization
}
const rename = (by: Client, { id }: { id: string }, slug: string) =>
  by.mutate('updateOrganization', { organizationId: id, slug }, taken)
const create = (by: Client, slug: string) => by.mutate('createOrganization', { name: 'Another', slug }, taken)

/** A world whose clock moves; whoever acts after it moved signs in anew. */
async function moving(env: Record<string, string> = {}): Promise<World & { later(days: number): Promise<void> }> {
  const clock = testClock()
  const w = await world({ isolated: true, clock, env })
  const again = async () => {
    Object.assign(w.owner, await w.person(w.owner.email))
    Object.assign(w.operator, await w.person(w.operator.email))
  }
  const later = (days: number) => {
    clock.advance({ days })
    return again()
  }
  return { ...w, later }
}

test('a slug that was changed leads to the organization, which answers with the new one (ORG-1)', async () => {
  const { acme, owner, operator } = await world()
  const slug = unique()
  expect((await rename(owner, acme, slug)).__typename).toBe('UpdateOrganizationPayload')
  for (const by of [owner, operator])
    for (const sought of [acme.slug, acme.slug.toUpperCase(), slug])
      expect(await bySlug(by, sought)).toEqual({ id: acme.id, slug })
})

test('old and new slug in one query are one organization, in one statement', async () => {
  const w = await world()
  const slug = unique()
  await rename(w.owner, w.acme, slug)
  w.statements.splice(0)
  const query = `query($old: String!, $new: String!) {
    old: organization(by: { slug: $old }) { slug } new: organization(by: { slug: $new }) { slug } }`
  expect(await w.owner.query(query, { old: w.acme.slug, new: slug })).toEqual({ old: { slug }, new: { slug } })
  expect(w.statements).toHaveLength(1)
})

test('to somebody else a former slug says as little as one of nobody', async () => {
  const w = await world()
  await rename(w.owner, w.acme, unique())
  const stranger = await w.person()
  expect(await bySlug(stranger, w.acme.slug)).toBe(null)
  expect(await bySlug(stranger, unique())).toBe(null)
})

test('as long as it leads somewhere, nobody else gets it, by creating or by renaming (ORG-1)', async () => {
  const w = await world()
  const other = await w.organization(w.owner)
  await rename(w.owner, w.acme, unique())
  const stranger = await w.person()
  for (const result of [await create(stranger, w.acme.slug), await rename(w.owner, other, w.acme.slug)]) {
    expect(result.__typename).toBe('SlugTakenError')
    expect(result.suggestion).toMatch(new RegExp(`^${w.acme.slug}-\\d+$`))
  }
  expect((await bySlug(w.owner, w.acme.slug))?.id).toBe(w.acme.id)
})

test('a name whose slug leads elsewhere gets one with a number (ORG-1)', async () => {
  const w = await world()
  const name = `Moved ${randomUUID().slice(0, 8)}`
  const first = await w.organization(w.owner, { name })
  await rename(w.owner, first, unique())
  const second = await w.organization(await w.person(), { name })
  expect(second.slug).toMatch(new RegExp(`^${first.slug}-\\d+$`))
})

test('the organization takes its own former slug back, and the one it had meanwhile leads to it then (ORG-1)', async () => {
  const { acme, owner } = await world()
  const slug = unique()
  await rename(owner, acme, slug)
  expect((await rename(owner, acme, acme.slug)).__typename).toBe('UpdateOrganizationPayload')
  expect(await bySlug(owner, slug)).toEqual({ id: acme.id, slug: acme.slug })
})

test('it leads there for SLUG_REDIRECT_DAYS, and then it is free, by the clock and without a job (ORG-1)', async () => {
  const w = await moving({ SLUG_REDIRECT_DAYS: '10' })
  await rename(w.owner, w.acme, unique())
  await w.later(9)
  expect((await bySlug(w.owner, w.acme.slug))?.id).toBe(w.acme.id)
  expect((await create(w.owner, w.acme.slug)).__typename).toBe('SlugTakenError')
  await w.later(1)
  expect(await bySlug(w.owner, w.acme.slug)).toBe(null)
  expect((await create(w.operator, w.acme.slug)).__typename).toBe('CreateOrganizationPayload')
  expect((await bySlug(w.operator, w.acme.slug))?.id).not.toBe(w.acme.id)
})

test('a slug that was taken over leads to whoever has it now, also when the first one wants it back (ORG-1)', async () => {
  const w = await moving({ SLUG_REDIRECT_DAYS: '10' })
  const other = await w.organization(w.owner)
  await rename(w.owner, w.acme, unique())
  await w.later(11)
  expect((await rename(w.owner, other, w.acme.slug)).__typename).toBe('UpdateOrganizationPayload')
  expect((await rename(w.owner, w.acme, w.acme.slug)).__typename).toBe('SlugTakenError')
  expect((await bySlug(w.owner, w.acme.slug))?.id).toBe(other.id)
})

test('whoever has an old address asks to join by it, for as long as it leads there (ORG-1, REQ-2)', async () => {
  const w = await moving({ SLUG_REDIRECT_DAYS: '10' })
  await lets(w.owner, w.acme, 'OPEN')
  await rename(w.owner, w.acme, unique())
  expect((await tryToAsk(await w.person(), w.acme)).__typename).toBe('RequestToJoinPayload')
  await w.later(10)
  expect(await (await w.person()).refusal('requestToJoin', { slug: w.acme.slug })).toBe('NOT_FOUND')
})

test('with SLUG_REDIRECT_DAYS=0 a former slug is free at once', async () => {
  const w = await moving({ SLUG_REDIRECT_DAYS: '0' })
  await rename(w.owner, w.acme, unique())
  expect(await bySlug(w.owner, w.acme.slug)).toBe(null)
  expect((await create(w.owner, w.acme.slug)).__typename).toBe('CreateOrganizationPayload')
})

test('at most ten former slugs lead to an organization: renaming is no way to take slugs away from everybody', async () => {
  const w = await world()
  const slugs = [w.acme.slug, ...Array.from({ length: 12 }, unique)]
  for (const slug of slugs.slice(1)) await rename(w.owner, w.acme, slug)
  const rows = await sql<{ slug: string }>(w, 'select slug from organization_slug where organization_id = $1', [
    uuidOf(w.acme.id),
  ])
  expect(rows).toHaveLength(11)
  expect(rows.map(row => row.slug)).toContain(slugs.at(-1))
})

test('a deleted organization keeps its former slugs as it keeps its own (ORG-6)', async () => {
  const { acme, owner } = await world()
  await rename(owner, acme, unique())
  await owner.mutate('deleteOrganization', { organizationId: acme.id })
  expect(await bySlug(owner, acme.slug)).toBe(null)
  expect((await create(owner, acme.slug)).__typename).toBe('SlugTakenError')
})

test('of two organizations that want a slug at the moment it becomes free, one has it (ORG-1)', {
  timeout,
}, async () => {
  const w = await moving({ SLUG_REDIRECT_DAYS: '0' })
  const [one, two] = [await w.organization(w.owner), await w.organization(w.owner)]
  for (let round = 0; round < 30; round++) {
    const slug = unique()
    await rename(w.owner, w.acme, slug)
    await rename(w.owner, w.acme, unique())
    const { result, ...journal } = await written(w, () =>
      Promise.all([rename(w.owner, one, slug), rename(w.owner, two, slug), create(w.operator, slug)]),
    )
    expect(result.filter(({ __typename }) => __typename.endsWith('Payload'))).toHaveLength(1)
    expect(result.filter(({ __typename }) => __typename === 'SlugTakenError')).toHaveLength(2)
    expect(actionsOf(journal).audit.filter(action => action !== 'MEMBER_ADDED')).toHaveLength(1)
    expect((await bySlug(w.operator, slug))?.slug).toBe(slug)
  }
})

test('two organizations that take over one another’s former slugs at once get an answer each, and no slug is lost', {
  timeout,
}, async () => {
  const w = await moving({ SLUG_REDIRECT_DAYS: '0' })
  const [one, two] = [await w.organization(w.owner), await w.organization(w.owner)]
  for (let round = 0; round < 20; round++) {
    const [a, b] = [unique(), unique()]
    for (const [place, slug] of [
      [one, a],
      [two, b],
      [one, unique()],
      [two, unique()],
    ] as const)
      await rename(w.owner, place, slug)
    const results = await Promise.all([rename(w.owner, one, b), rename(w.owner, two, a)])
    expect(results.map(({ __typename }) => __typename)).toEqual(results.map(() => 'UpdateOrganizationPayload'))
    expect([(await bySlug(w.owner, a))?.id, (await bySlug(w.owner, b))?.id]).toEqual([two.id, one.id])
  }
})
