import { expect, test } from 'vitest'
import type { Client } from '../kit/client.ts'
import { type World, world } from '../kit/world.ts'
import { uuidOf } from '../security/isolation/rows.ts'
import { allLists } from './lists.ts'
import { mainQueries } from './main-queries.ts'
import { counts } from './pinned.ts'
import { populate } from './population.ts'

// The number of statements of a query depends on its shape, never on how many rows it returns (DESIGN, section 4).

// It grows with every list.
test('every list of the schema costs the same statements for 1, 20 and 100 rows', { timeout: 600_000 }, async () => {
  const found: Record<string, number[]> = {}
  const deeper: Record<string, number[]> = {}
  for await (const { here, size } of growing([1, 10, 20, 100])) {
    for (const { name, query, caller } of allLists(here.acme.id, size, 1))
      found[name] = [...(found[name] ?? []), await count(here, caller(here), query)]
    // Twenty of these would be too complex a query.
    if (size > 10) continue
    for (const { name, query, caller } of allLists(here.acme.id, size, 2))
      deeper[name] = [...(deeper[name] ?? []), await count(here, caller(here), query)]
  }
  expect({ found, deeper }).toEqual({
    found: mapped(counts.lists, one => [one, one, one, one]),
    deeper: mapped(counts.listsDeeper, one => [one, one]),
  })
})

test('the main queries cost the same statements for 1, 20 and 100 rows', async () => {
  const found: Record<string, number[]> = {}
  for await (const { here, size } of growing([1, 20, 50, 100]))
    for (const [name, query] of Object.entries(mainQueries(here.acme.id, size)))
      found[name] = [...(found[name] ?? []), await count(here, here.owner, query)]
  expect(found).toEqual(mapped(counts.mainQueries, one => [one, one, one, one]))
})

/** One deployment, in which every list grows. */
async function* growing(sizes: readonly number[]): AsyncGenerator<{ here: World; size: number }> {
  const here = await world({ isolated: true })
  const { acme, owner } = here
  const place = { organization: uuidOf(acme.id), viewer: uuidOf(await owner.id()), email: owner.email }
  let next = 1
  for (const size of sizes) {
    await populate(here.databaseUrl, place, next, size)
    next = size + 1
    yield { here, size }
  }
}

/** As it is from the second time on: the first one after a change of the template reads that as well. */
async function count(here: World, caller: Client, query: string): Promise<number> {
  await caller.query('{ organizationTemplate { roles { id } } }')
  here.statements.splice(0)
  await caller.query(query)
  return here.statements.length
}

const mapped = <From, To>(record: Readonly<Record<string, From>>, to: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]))
