import { test } from 'vitest'
import { uuidOf } from '/work/main/test/security/isolation/rows.ts'
import { world } from '/work/main/test/kit/world.ts'
import { allLists } from '/work/main/test/contract/lists.ts'
import { populate } from '/work/main/test/contract/population.ts'
test('x', async () => {
  const here = await world({ isolated: true })
  const place = { organization: uuidOf(here.acme.id), viewer: uuidOf(await here.owner.id()), email: here.owner.email }
  let from = 1
  for (const size of [1, 20, 100]) {
    await populate(here.databaseUrl, place, { from, to: size })
    from = size + 1
    for (const { name, query, caller } of allLists(here.acme.id, size)) {
      
      here.statements.splice(0)
      const answer = await caller(here).send(query)
      console.log(size, name, here.statements.length, answer.errors.length, here.statements.map(s => s.name.replace(/_[^_]*$/, '')).join(' '))
    }
  }
}, 300000)
