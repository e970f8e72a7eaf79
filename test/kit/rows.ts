import type { Emitted, Entry } from './journal.ts'
import { uuidOf } from './journal.ts'
import { withClient } from './server.ts'
import type { World } from './world.ts'

/** Rows as the owner of the tables sees them: for what no field shows, and for states that no mutation makes. */
export function sql<Row extends object>(
  world: Pick<World, 'databaseUrl'>,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return withClient(world.databaseUrl, async client => (await client.query<Row>(text, values)).rows)
}

/** What was written to the audit log and the outbox, by name alone. */
export function actionsOf({ audit, outbox }: { audit: Entry[]; outbox: Emitted[] }) {
  return { audit: audit.map(entry => entry.action), outbox: outbox.map(event => event.type) }
}

/** Nothing at all: what a refused mutation writes. */
export const nothing = { audit: [], outbox: [] }

/** A refused mutation of security interest: one entry, and no event (MGT-3). */
export const refusedOnly = { audit: ['WRITE_REFUSED'], outbox: [] }

export async function limitSeats({ operator }: Pick<World, 'operator'>, { id }: { id: string }, seatLimit: number) {
  await operator.mutate('setSeatLimit', { organizationId: id, seatLimit })
}

export interface Seeded {
  name: string
  email?: string
  origin?: string
  /** Minutes after the turn of the year 2026; those of one minute are told apart by their ids alone. */
  minute?: number
}

/** Members put into the tables at once, as many as a list needs. */
export async function seedMembers(world: Pick<World, 'databaseUrl'>, organization: { id: string }, members: Seeded[]) {
  const rows = members.map(({ name, email, origin = 'ADMIN', minute = 0 }) => ({
    id: crypto.randomUUID(),
    membership: crypto.randomUUID(),
    name,
    email: email ?? `${crypto.randomUUID()}@seeded.test`,
    origin,
    at: new Date(Date.UTC(2026, 0, 1, 0, minute)),
  }))
  const given = `jsonb_to_recordset($1::jsonb)
    as m (id uuid, membership uuid, name text, email text, origin text, at timestamptz)`
  await sql(
    world,
    `insert into principal (id, kind, display_name, email, email_key, is_email_verified, created_at)
     select id, 'USER', name, email, lower(email), true, at from ${given}`,
    [JSON.stringify(rows)],
  )
  await sql(
    world,
    `insert into membership (organization_id, id, principal_id, kind, sort_name, origin, joined_at)
     select $2, membership, id, 'USER', lower(name), origin, at from ${given}`,
    [JSON.stringify(rows), uuidOf(organization.id)],
  )
}
