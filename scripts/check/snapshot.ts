import type pg from 'pg'

/** A database, told by its system tables: what is where, by name. */
export interface Snapshot {
  readonly [name: string]: string | readonly string[] | Snapshot
}
interface Branch {
  [name: string]: string | readonly string[] | Branch
}

// What extensions bring and the migrator's own table are not ours. Owners and those who may do anything go by other
// names elsewhere; only what others were granted counts. Constraints that say NOT NULL, which PostgreSQL 18 lists and
// 15 does not, stand with their column; indexes that serve a constraint stand as that constraint.
const facts = `
with extended as (
  select objid as id from pg_depend where deptype = 'e'
), relation as (
  select c.oid, c.relname::text as name, c.relacl as acl, c.relowner as owner, c.reloptions as options, c.relkind as kind,
    c.relrowsecurity as is_secured, c.relforcerowsecurity as is_forced,
    case c.relkind when 'r' then 'tables' when 'p' then 'tables' when 'v' then 'views' else 'others' end as section
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind not in ('i', 'I', 't')
    and c.relname not in ('migration', 'migration_id_seq') and not exists (select from extended e where e.id = c.oid)
), routine as (
  select p.*, format('%s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) as name
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace and not exists (select from extended e where e.id = p.oid)
)
select array[section, name, 'columns', a.attname::text] as path, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
    (select format('collate %I', l.collname) from pg_collation l
     where l.oid = a.attcollation and l.collname <> 'default' and section = 'tables'),
    case when a.attnotnull then 'not null' end,
    case when a.attgenerated <> '' then 'generated as' when a.atthasdef then 'default' end,
    pg_get_expr(d.adbin, d.adrelid), case a.attgenerated when 's' then 'stored' when 'v' then 'virtual' end,
    case a.attidentity when 'a' then 'identity always' when 'd' then 'identity' end) as value
from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
union all
select array[section, name, 'constraints', c.conname::text], pg_get_constraintdef(c.oid)
from relation r join pg_constraint c on c.conrelid = r.oid where c.contype not in ('n', 't')
union all
select array[section, name, 'indexes', i.indexrelid::regclass::text], pg_get_indexdef(i.indexrelid)
from relation r join pg_index i on i.indrelid = r.oid
where not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.conrelid = r.oid)
union all
select array[section, name, 'triggers', t.tgname::text], pg_get_triggerdef(t.oid)
from relation r join pg_trigger t on t.tgrelid = r.oid where not t.tgisinternal
union all
select array[section, name, 'rowLevelSecurity'],
  case when is_secured and is_forced then 'forced' when is_secured then 'enabled' else 'off' end
from relation where section = 'tables'
union all
select array[section, name, 'policies', p.policyname::text], concat_ws(' ', lower(p.permissive), 'for', lower(p.cmd), 'to',
    (select string_agg(case when one = pg_get_userbyid(r.owner) then 'the owner' else one end, ', ' order by one)
     from unnest(p.roles) one),
    'using (' || p.qual || ')', 'with check (' || p.with_check || ')')
from relation r join pg_policies p on p.schemaname = 'public' and p.tablename = r.name
union all
select array[section, name, 'grants', coalesce(g.rolname::text, 'public') || coalesce(' on ' || held.attname, '')],
  string_agg(lower(acl.privilege_type), ', ' order by acl.privilege_type)
from relation r
cross join lateral (select r.acl as items, null as attname
  union all select a.attacl, a.attname from pg_attribute a where a.attrelid = r.oid and a.attacl is not null) held
cross join lateral aclexplode(held.items) acl left join pg_roles g on g.oid = acl.grantee
where acl.grantee <> r.owner group by 1
union all
select array[section, name, 'options'], array_to_string(options, ', ') from relation where options is not null
union all
select array[section, name, 'definition'], pg_get_viewdef(oid) from relation where kind in ('v', 'm')
union all
select array[section, name, 'kind'], kind::text from relation where section = 'others'
union all
select array['functions', f.name, fact.key], fact.value
from routine f join pg_language l on l.oid = f.prolang cross join lateral (values
  ('returns', pg_get_function_result(f.oid)),
  ('is', concat_ws(' ', l.lanname, case f.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
     case f.proparallel when 's' then 'parallel safe' end, case when f.proisstrict then 'strict' end,
     case when f.prosecdef then 'security definer' else 'security invoker' end)),
  ('settings', array_to_string(f.proconfig, '; ')),
  ('body', coalesce(pg_get_function_sqlbody(f.oid), f.prosrc))) fact (key, value) where fact.value is not null
union all
select array['functions', f.name, 'grants', coalesce(g.rolname::text, 'public')], lower(acl.privilege_type)
from routine f cross join lateral aclexplode(f.proacl) acl left join pg_roles g on g.oid = acl.grantee
where acl.grantee <> f.proowner
union all
select array['types', t.typname::text], coalesce(
  (select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid), t.typtype::text)
from pg_type t where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd', 'r')
  and not exists (select from extended e where e.id = t.oid)
union all
select array['schema', 'grants', 'tenantry_app'], string_agg(lower(acl.privilege_type), ', ' order by acl.privilege_type)
from pg_namespace n cross join lateral aclexplode(n.nspacl) acl join pg_roles g on g.oid = acl.grantee
where n.nspname = 'public' and g.rolname = 'tenantry_app' having count(*) > 0`

/** Everything of ours in the database, in an order and a spelling that every supported PostgreSQL agrees on. */
export async function takeSnapshot(client: pg.Client): Promise<Snapshot> {
  const { rows } = await client.query<{ path: string[]; value: string }>(facts)
  rows.sort((a, b) => (a.path.join('\0') < b.path.join('\0') ? -1 : 1))
  const snapshot: Branch = {}
  for (const { path, value } of rows) {
    const parent = path.slice(0, -1).reduce(under, snapshot)
    parent[path.at(-1) ?? ''] = spelled(path, value)
  }
  return snapshot
}

function under(branch: Branch, name: string): Branch {
  const found = branch[name]
  if (isBranch(found)) return found
  const made: Branch = {}
  branch[name] = made
  return made
}

function spelled(path: readonly string[], value: string): string | string[] {
  // PostgreSQL 15 writes "table.column" in a view where 16 and later write "column".
  const text = path[0] === 'views' && path[2] === 'definition' ? value.replaceAll(/\b\w+\.(?=\w)/g, '') : value
  const lines = text.split('\n').map(line => line.trimEnd())
  return lines.length === 1 ? text : lines.filter(line => line !== '')
}

/** Where two snapshots differ, a line each. */
export function differences(was: Snapshot, is: Snapshot, at = ''): string[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap(name => {
    const [before, after] = [was[name], is[name]]
    const path = at === '' ? name : `${at} / ${name}`
    if (isBranch(before) && isBranch(after)) return differences(before, after, path)
    if (JSON.stringify(before) === JSON.stringify(after)) return []
    return [`${path}: ${JSON.stringify(before) ?? 'nothing'} became ${JSON.stringify(after) ?? 'nothing'}`]
  })
}

function isBranch<Tree extends object>(value: string | readonly string[] | Tree | undefined): value is Tree {
  return typeof value === 'object' && !Array.isArray(value)
}
