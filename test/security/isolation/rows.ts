import pg from 'pg'
import type { Side } from './side.ts'

interface Rows {
  /** The tables in which rows of the organization came, went or changed while this ran. */
  changed<T>(side: Side, run: () => Promise<T>): Promise<{ result: T; changed: string[] }>
  close(): Promise<void>
}

const tables = `
  select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
  where c.table_schema = 'public' and c.column_name = 'organization_id' and t.table_type = 'BASE TABLE' order by 1`

/** Looks at rows past all walls, as the owner of the tables. Tables that are added later are looked at, too. */
export async function openRows(databaseUrl: string): Promise<Rows> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<{ table_name: string }>(tables)
  const names = rows.map(row => row.table_name)
  if (names.length === 0) throw new Error('There is no table of organizations')
  const members = 'select principal_id from membership where organization_id = $1'
  const parts = [
    ...names.map(name => part(name, `t.organization_id = $1`)),
    part('organization', 't.id = $1'),
    part('principal', `t.id in (${members})`),
    part('identity', `t.principal_id in (${members})`),
    part('management_grant', `t.principal_id in (${members})`),
  ]
  const text = parts.join(' union all ')
  async function digests({ organization }: Side): Promise<Map<string, string>> {
    const found = await client.query<{ name: string; digest: string }>(text, [uuidOf(organization.id)])
    return new Map(found.rows.map(row => [row.name, row.digest]))
  }
  return {
    async changed(side, run) {
      const before = await digests(side)
      const result = await run()
      const after = await digests(side)
      return { result, changed: [...after.keys()].filter(table => after.get(table) !== before.get(table)) }
    },
    close: () => client.end(),
  }
}

/** When somebody was seen last is no matter of an organization. */
const part = (table: string, where: string) =>
  `select '${table}' as name, count(*) || ' ' || md5(coalesce(string_agg((to_jsonb(t) - 'last_used_at')::text, ' ' order by to_jsonb(t)::text), '')) as digest
   from "${table}" t where ${where}`

/** The UUID in a global id. */
export function uuidOf(id: string): string {
  return Buffer.from(id, 'base64url').toString('utf8').split(':')[1] ?? ''
}
