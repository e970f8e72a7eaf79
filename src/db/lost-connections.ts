import type { Pool, PoolClient } from 'pg'

/**
 * Gives back to the pool whatever connection breaks while it is in use. Whoever uses it should, but a transaction that
 * cannot be rolled back any more is left as it is by the driver's wrapper, and its place in the pool would be lost: after
 * a few restarts of the database no place would be left.
 */
export function giveBackLostConnections(pool: Pool): void {
  const inUse = new WeakMap<PoolClient, boolean>()
  pool.on('release', (_error, client) => inUse.set(client, false))
  pool.on('acquire', client => {
    if (!inUse.has(client)) client.once('end', () => giveBack(client))
    inUse.set(client, true)
  })

  function giveBack(client: PoolClient): void {
    if (inUse.get(client) !== true) return
    const { release } = client
    // Whoever has it gives it back a second time, or never.
    client.release = () => {}
    release(true)
  }
}
