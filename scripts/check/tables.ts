import type pg from 'pg'

export interface Column {
  readonly name: string
  readonly type: string
  readonly isNullable: boolean
  readonly isGenerated: boolean
}
export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  /** The columns of the primary key, in its order. */
  readonly primaryKey: readonly string[]
  readonly foreignKeys: readonly { name: string; columns: string[]; to: string; toColumns: string[] }[]
  readonly rowLevelSecurity: { readonly isEnabled: boolean; readonly isForced: boolean; readonly policies: number }
}

/** The names of the columns that a key lists by number, in its order. */
const names = (table: string, numbers: string) => `(select json_agg(a.attname order by key.at)
  from unnest(${numbers}) with ordinality key (number, at)
  join pg_attribute a on a.attrelid = ${table} and a.attnum = key.number)`

const tables = `
select c.relname as name,
  json_build_object('isEnabled', c.relrowsecurity, 'isForced', c.relforcerowsecurity,
    'policies', (select count(*) from pg_policy p where p.polrelid = c.oid)) as "rowLevelSecurity",
  (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'isNullable', not a.attnotnull, 'isGenerated', a.attgenerated <> '') order by a.attnum)
    from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
  coalesce((select ${names('k.conrelid', 'k.conkey')} from pg_constraint k where k.conrelid = c.oid and k.contype = 'p'), '[]')
    as "primaryKey",
  coalesce((select json_agg(json_build_object('name', k.conname, 'columns', ${names('k.conrelid', 'k.conkey')},
      'to', f.relname, 'toColumns', ${names('k.confrelid', 'k.confkey')}) order by k.conname)
    from pg_constraint k join pg_class f on f.oid = k.confrelid where k.conrelid = c.oid and k.contype = 'f'), '[]')
    as "foreignKeys"
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'migration'
order by c.relname`

/** The tables of the database, without the migrator's own. */
export async function readTables(client: pg.Client): Promise<Table[]> {
  return (await client.query<Table>(tables)).rows
}

/** Foreign keys into another tenant's rows, each with the reason why it is right. */
const acrossTenants: Readonly<Record<string, string>> = {
  sso_connector_use_connector_foreign: 'a connector that its owner shares with other organizations',
}

/**
 * What keeps a tenant's rows apart, and the schema ready to be distributed: row-level security that binds the owner
 * too, and organization_id first in every primary key and in every foreign key to another tenant table.
 */
export function brokenTenancy(all: readonly Table[]): string[] {
  const keys = new Map(all.flatMap(table => tenantKey(table)))
  return all.flatMap(({ name, primaryKey, foreignKeys, rowLevelSecurity }) => {
    const key = keys.get(name)
    const unsafe: string[] = []
    if (key !== undefined && !rowLevelSecurity.isEnabled) unsafe.push(`${name} is without row-level security`)
    if (key !== undefined && !rowLevelSecurity.isForced) unsafe.push(`${name} does not force row-level security`)
    if (key !== undefined && rowLevelSecurity.policies === 0) unsafe.push(`${name} has no policy`)
    if (key !== undefined && primaryKey[0] !== key) unsafe.push(`the primary key of ${name} does not start with ${key}`)
    for (const { name: constraint, columns, to, toColumns } of foreignKeys) {
      const target = keys.get(to)
      if (Object.hasOwn(acrossTenants, constraint)) continue
      if (target !== undefined && (columns[0] !== 'organization_id' || toColumns[0] !== target))
        unsafe.push(`${constraint} of ${name} does not start with organization_id`)
    }
    return unsafe
  })
}

/** The column that says whose a row is, for the tables that have one. */
function tenantKey({ name, columns }: Table): [string, string][] {
  if (name === 'organization') return [[name, 'id']]
  return columns.some(column => column.name === 'organization_id') ? [[name, 'organization_id']] : []
}
