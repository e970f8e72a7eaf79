import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { written } from '../kit/journal.ts'
import { actionsOf, sql } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { membershipsOf } from './provisioning.ts'

test('a first sign-in costs the same statements into 1 organization and into 20, with an entry and an event each (JIT-9)', async () => {
  const w = await world({ isolated: true })
  // By a domain, one organization at most is found. The function stands in for ways in that find several.
  await sql(
    w,
    `create or replace function tenantry_jit_places(address text, person uuid)
     returns table (organization_id uuid, domain text, joining text, has_left boolean)
     language sql stable security definer set search_path = public, pg_temp as $$
       select organization_id, address, 'JOIN', false from jit_provisioning order by organization_id desc $$`,
  )
  const member = await w.roleId('Member')
  const open = async (place: { id: string; customRole(keys: string[]): Promise<string> }) => {
    const roleIds = [await place.customRole(['member:read']), member]
    await w.operator.mutate('updateJitProvisioning', { organizationId: place.id, isEnabled: true, roleIds })
  }
  const costs = async () => {
    const person = await w.person(`${randomUUID()}@people.test`)
    const { result, ...journal } = await written(w, async () => {
      w.statements.splice(0)
      await person.query('{ viewer { principal { id } } }')
      return w.statements.length
    })
    return { statements: result, ...actionsOf(journal), places: (await membershipsOf(person)).length }
  }
  await open(w.acme)
  const one = await costs()
  for (let index = 1; index < 20; index++) await open(await w.organization(w.owner))
  const twenty = await costs()
  const added = (count: number) => Array.from({ length: count }, () => 'MEMBER_ADDED')
  expect([one.audit, one.outbox, one.places]).toEqual([added(1), added(1), 1])
  expect([twenty.audit, twenty.outbox, twenty.places]).toEqual([added(20), added(20), 20])
  expect([one.statements, twenty.statements]).toEqual([22, 22])
})

test('a user who is known costs nothing more, and one whom no domain leads anywhere two statements (JIT-9)', async () => {
  const w = await world({ isolated: true })
  const person = await w.person()
  const counted = async () => {
    w.statements.splice(0)
    await person.query('{ viewer { principal { id } } }')
    return w.statements.length
  }
  const [first, second] = [await counted(), await counted()]
  expect([first - second, second]).toEqual([2, 1])
})
