import { onTestFinished } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { Services } from '../../src/context.ts'
import { openOrm } from '../../src/db/orm.ts'
import { createReadConnections } from '../../src/db/read-connections.ts'
import { createTemplateMemory } from '../../src/db/template-memory.ts'
import { lookUpBy } from '../../src/email-domains/look-up.ts'
import { openMailer } from '../../src/mail/mailer.ts'
import { createSlugMemory } from '../../src/organizations/slug-memory.ts'
import { createProviderMemory } from '../../src/sso/oidc/provider-memory.ts'
import { silentResolver } from '../kit/dns.ts'
import { uuidOf } from '../kit/journal.ts'
import { sql } from '../kit/rows.ts'
import type { World } from '../kit/world.ts'

/** What a replica beside that of the test runs its purge with: the same database, a clock, and no timer. */
export async function replica({ databaseUrl, clock, statements }: World): Promise<Services> {
  const orm = await openOrm(databaseUrl, 'runtime', { pool: 4 })
  onTestFinished(() => orm.close(true))
  const pool = await orm.em.getConnection().getNativeClient()
  const observe: Services['observe'] = statement => statements.push(statement)
  const parts = {
    ...{ config: { ...readConfig({}), mail: null }, orm, pool, clock },
    ...{ reads: createReadConnections(pool, { most: 4, patience: 5000 }), memory: createTemplateMemory() },
    slugs: createSlugMemory(),
    ...{ lookUpTxt: lookUpBy(silentResolver()), derive: null },
    fetchOutside: () => Promise.reject(new Error('nobody is there')),
    providers: createProviderMemory(clock),
  }
  const mailer = openMailer({ services: parts, log: () => undefined, random: Math.random, queues: [] })
  return { ...parts, mailer, observe }
}

/** Of each table that has rows of the organization, how many, past all walls; tables that are added later, too. */
export async function rowsOf(w: World, { id }: { id: string }): Promise<Record<string, number>> {
  const tables = await sql<{ name: string }>(
    w,
    `select c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and c.column_name = 'organization_id' and t.table_type = 'BASE TABLE'`,
  )
  const parts = tables.map(
    ({ name }) => `select '${name}' as name, count(*)::int as count from "${name}" where organization_id = $1`,
  )
  const own = `select 'organization', count(*)::int from organization where id = $1`
  const rows = await sql<{ name: string; count: number }>(w, [...parts, own].join(' union all '), [uuidOf(id)])
  return Object.fromEntries(rows.filter(({ count }) => count > 0).map(({ name, count }) => [name, count]))
}

/** The rows of any table in which this text stands, as `table: row`. */
export async function rowsWith(w: World, text: string): Promise<string[]> {
  const tables = await sql<{ name: string }>(
    w,
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  const parts = tables.map(
    ({ name }) => `select '${name}: ' || t::text as row from "${name}" t where t::text like '%' || $1 || '%'`,
  )
  return (await sql<{ row: string }>(w, parts.join(' union all '), [text])).map(({ row }) => row)
}
