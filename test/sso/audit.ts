import type { World } from '../kit/world.ts'

/** The entries with this action in the log of acme, the newest first: what each says of its changes. */
export async function auditOf(
  w: Pick<World, 'owner' | 'acme'>,
  action: string,
): Promise<Record<string, string | null>[]> {
  const query = `query($id: ID!) { organization(by: { id: $id }) {
    auditEvents(first: 100) { nodes { action ipAddress changes { field after } } } } }`
  const { organization } = await w.owner.query(query, { id: w.acme.id })
  const entries = organization.auditEvents.nodes as {
    action: string
    ipAddress: string | null
    changes: { field: string; after: string }[]
  }[]
  return entries
    .filter(entry => entry.action === action)
    .map(({ ipAddress, changes }) => ({
      ...Object.fromEntries(changes.map(({ field, after }) => [field, after])),
      ipAddress,
    }))
}
