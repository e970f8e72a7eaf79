import { withClient } from './server.ts'
import type { World } from './world.ts'

/** A row of the audit log as a test compares it. */
export interface Entry {
  /** The organization's id as a UUID, or `deployment`. */
  where: string
  action: string
  actor: string | null
  target: string
  changes: { field: string; before: string | null; after: string | null }[]
}
/** A row of the outbox as a test compares it. */
export interface Emitted {
  where: string
  type: string
  payload: Record<string, unknown>
}
interface Journal {
  audit: Entry[]
  outbox: Emitted[]
}

const entries = `
  select id, replace(organization_id::text, '00000000-0000-0000-0000-000000000000', 'deployment') as where, action,
    actor_label as actor, concat_ws(' ', target_type, target_label) as target, changes from audit_event order by id`
const events = `
  select id, replace(organization_id::text, '00000000-0000-0000-0000-000000000000', 'deployment') as where, type, payload
  from outbox_event order by id`

/** What the audit log and the outbox of the deployment got while this ran, in order; read past row-level security. */
export async function written<T>(
  { databaseUrl }: Pick<World, 'databaseUrl'>,
  run: () => Promise<T>,
): Promise<Journal & { result: T }> {
  const before = await read(databaseUrl)
  const result = await run()
  const after = await read(databaseUrl)
  // Not by place: where several clocks stand still, new ids need not come last.
  const known = new Set([...before.entries, ...before.events].map(row => row.id))
  return {
    result,
    audit: after.entries.filter(({ id }) => !known.has(id)).map(({ id: _, ...entry }) => entry),
    outbox: after.events.filter(({ id }) => !known.has(id)).map(({ id: _, ...event }) => event),
  }
}

/** Every row of the audit log and of the outbox, as text: what must not be in there, is nowhere in it. */
export async function wholeJournal({ databaseUrl }: Pick<World, 'databaseUrl'>): Promise<string> {
  return withClient(databaseUrl, async client => {
    const { rows } = await client.query(
      'select a::text from audit_event a union all select o::text from outbox_event o',
    )
    return JSON.stringify(rows)
  })
}

function read(url: string) {
  return withClient(url, async client => ({
    entries: (await client.query<Entry & { id: string }>(entries)).rows,
    events: (await client.query<Emitted & { id: string }>(events)).rows,
  }))
}

/** The UUID inside a global id, as tables and events have it. */
export function uuidOf(id: string): string {
  return Buffer.from(id, 'base64url').toString('utf8').split(':')[1] ?? ''
}
