import { test } from 'vitest'
import { world } from '/work/main/test/kit/world.ts'
test('x', async () => {
  const { acme, owner, operator } = await world()
  for (let i = 0; i < 6; i++) await acme.customRole([])
  const roles = (n: number): string => n === 0 ? 'id' : `roles(filter: { isCustom: true }) { organization { ${roles(n - 1)} } }`
  for (const n of [1,2,3,4,5,6]) { const t = performance.now(); const a = await owner.send(`query($id: ID!) { organization(by: { id: $id }) { ${roles(n)} } }`, { id: acme.id }); console.log('DOS', n, a.errors[0]?.message, JSON.stringify(a.data).length, Math.round(performance.now() - t)) }
})
