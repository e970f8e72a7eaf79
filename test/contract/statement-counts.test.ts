import { expect, test } from 'vitest'
import type { Client } from '../kit/client.ts'
import { type World, world } from '../kit/world.ts'
import { uuidOf } from '../security/isolation/rows.ts'
import { allLists } from './lists.ts'
import { populate } from './population.ts'

const sizes = [1, 20, 100]

test('x', async () => {
  const here = await world({ isolated: true })
  const place = { organization: uuidOf(here.acme.id), viewer: uuidOf(await here.owner.id()), email: here.owner.email }
  const table: Record<string, number[]> = {}
  let from = 1
  for (const size of sizes) {
    await populate(here.databaseUrl, place, from, size)
    from = size + 1
    for (const { name, query, caller } of allLists(here.acme.id, size)) {
      table[name] ??= []
      table[name].push(await count(here, caller(here), query))
    }
  }
  console.log(JSON.stringify(table, null, 0).replaceAll('],', '],\n'))
})

async function count(here: World, caller: Client, query: string): Promise<number> {
  here.statements.splice(0)
  const answer = await caller.send(query)
  if (answer.errors.length > 0) {
    console.log(query.slice(0, 100), JSON.stringify(answer.errors).slice(0, 500))
    return -1
  }
  return here.statements.length
}
