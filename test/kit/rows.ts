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

export async function limitSeats(world: Pick<World, 'databaseUrl'>, organization: { id: string }, seats: number) {
  await sql(world, 'update organization set seat_limit = $2 where id = $1', [uuidOf(organization.id), seats])
}
