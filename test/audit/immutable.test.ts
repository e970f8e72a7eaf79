import { expect, test } from 'vitest'
import { uuidOf } from '../kit/journal.ts'
import { withClient } from '../kit/server.ts'
import { world } from '../kit/world.ts'

/** The SQLSTATE with which the runtime role is refused, acting as the app does; null when it is not. */
async function refusedAs(url: string, acting: string, text: string, values: unknown[] = []): Promise<string | null> {
  return withClient(url, async client => {
    await client.query('begin')
    await client.query("select tenantry_look(null, null, 'audit:read organizations:write', null)")
    if (acting !== '') await client.query('select tenantry_enter($1)', [acting])
    const code = await client.query(text, values).then(
      () => null,
      (error: { code: string }) => error.code,
    )
    await client.query('rollback')
    return code
  })
}

const insufficientPrivilege = '42501'

test.each(['audit_event', 'outbox_event'])(
  'the runtime role can neither update nor delete nor empty %s, in whatever organization it acts (MGT-3)',
  async table => {
    const { databaseUrl, acme } = await world()
    for (const acting of [uuidOf(acme.id), '00000000-0000-0000-0000-000000000000', '*'])
      for (const text of [
        `update ${table} set occurred_at = now()`,
        `update ${table} set organization_id = organization_id where false`,
        `delete from ${table}`,
        `delete from ${table} where false`,
        `truncate ${table}`,
        `alter table ${table} disable row level security`,
        `drop table ${table}`,
      ])
        expect([text, await refusedAs(databaseUrl, acting, text)]).toEqual([text, insufficientPrivilege])
  },
)

test('an entry cannot be overwritten by inserting it again (MGT-3)', async () => {
  const { databaseUrl, acme } = await world()
  const text = `insert into audit_event select * from audit_event where organization_id = $1
    on conflict (organization_id, id) do update set action = 'MEMBER_LEFT'`
  const organizationId = uuidOf(acme.id)
  expect(await refusedAs(databaseUrl, organizationId, text, [organizationId])).toBe(insufficientPrivilege)
})

test('an entry can be written only where the transaction acts (MGT-3)', async () => {
  const { databaseUrl, acme, person, organization } = await world()
  const other = await organization(await person())
  const text = `insert into audit_event (organization_id, id, action, target_label, occurred_at)
    values ($1, gen_random_uuid(), 'MEMBER_LEFT', 'x', now())`
  const [here, there] = [uuidOf(acme.id), uuidOf(other.id)]
  expect(await refusedAs(databaseUrl, here, text, [here])).toBeNull()
  expect(await refusedAs(databaseUrl, here, text, [there])).toBe(insufficientPrivilege)
  expect(await refusedAs(databaseUrl, '', text, [here])).toBe(insufficientPrivilege)
})

test('without a viewer the runtime role reads no entry and no event at all (MGT-3)', async () => {
  const { databaseUrl } = await world()
  const counts = await withClient(databaseUrl, async client => {
    await client.query('set role tenantry_app')
    const text =
      'select (select count(*)::int from audit_event) as audit, (select count(*)::int from outbox_event) as outbox'
    return (await client.query(text)).rows[0]
  })
  expect(counts).toEqual({ audit: 0, outbox: 0 })
})

test('the log outlives its organization (ORG-6)', async () => {
  const { databaseUrl, acme, owner, operator } = await world({ isolated: true })
  await owner.mutate('deleteOrganization', { organizationId: acme.id })
  const text = `query($id: ID!) { organization(by: { id: $id }) { auditEvents { nodes { action } } } }`
  const read = async () => (await operator.query(text, { id: acme.id })).organization.auditEvents.nodes
  expect((await read())[0]).toEqual({ action: 'ORGANIZATION_DELETED' })
  const rows = await withClient(databaseUrl, async client => {
    await client.query('delete from organization where id = $1', [uuidOf(acme.id)])
    return (await client.query('select action from audit_event where organization_id = $1', [uuidOf(acme.id)])).rows
  })
  expect(rows).toContainEqual({ action: 'ORGANIZATION_DELETED' })
})
