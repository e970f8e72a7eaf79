import type { Pool, PoolClient } from 'pg'

/** A connection for one read transaction; while it is in the one before, its first message has to begin with a commit. */
interface Taken {
  readonly client: PoolClient
  readonly isInTransaction: boolean
}

/** Connections of read sessions, at most so many at once. */
export interface ReadConnections {
  take(): Promise<Taken>
  /** Gives back a connection whose transaction is still open, and nothing is wanted of it any more. */
  give(client: PoolClient): void
  /** Gives back one that failed; it is closed. */
  discard(client: PoolClient): void
}

/** How many at once, and for how many milliseconds one more waits. */
interface Bounds {
  readonly most: number
  readonly patience: number
}

/**
 * The end of one read and the begin of the next go in one message where the next is there already: under load that is a
 * round trip less for each request. Where nobody waits, the transaction ends at once.
 */
export function createReadConnections(pool: Pool, { most, patience }: Bounds): ReadConnections {
  const spent: PoolClient[] = []
  const waiting: { turn: PromiseWithResolvers<Taken>; late: NodeJS.Timeout }[] = []
  /** Whose turn it is; their wait for it is over. */
  const nextTurn = () => {
    const next = waiting.shift()
    clearTimeout(next?.late)
    return next?.turn
  }
  let taken = 0

  const connect = async (): Promise<Taken> => {
    taken += 1
    try {
      return { client: await pool.connect(), isInTransaction: false }
    } catch (error) {
      leave()
      throw error
    }
  }
  const leave = () => {
    taken -= 1
    const next = nextTurn()
    if (next !== undefined) connect().then(next.resolve, next.reject)
  }
  const commitSpent = () => {
    for (const client of spent.splice(0)) {
      client.query('commit').then(
        () => client.release(),
        () => client.release(true),
      )
      leave()
    }
  }

  return {
    async take() {
      const client = spent.pop()
      if (client !== undefined) return { client, isInTransaction: true }
      if (taken < most) return connect()
      const turn = Promise.withResolvers<Taken>()
      // In the words of the pool, which waits as long.
      const late = setTimeout(() => {
        waiting.splice(waiting.indexOf(entry), 1)
        turn.reject(new Error('timeout exceeded when trying to connect'))
      }, patience)
      const entry = { turn, late }
      waiting.push(entry)
      return turn.promise
    },
    give(client) {
      const next = nextTurn()
      if (next !== undefined) {
        next.resolve({ client, isInTransaction: true })
        return
      }
      if (spent.push(client) === 1) setImmediate(commitSpent)
    },
    discard(client) {
      client.release(true)
      leave()
    },
  }
}
