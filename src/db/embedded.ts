import { StartError } from '../errors.ts'
import { openCluster } from './embedded/cluster.ts'
import { takeLock } from './embedded/lock.ts'
import { findPlace, openDataFolder } from './embedded/place.ts'
import { findPrograms } from './embedded/programs.ts'
import { type Server, serve } from './embedded/server.ts'

interface EmbeddedOptions {
  /** Where the data is kept; made if it is missing. */
  dataDir: string
  /** Told of progress, a line at a time. */
  say: (line: string) => void
  /** Told, with a line for people, when PostgreSQL ends though nobody stopped it. */
  onLoss?: (line: string) => void
  /** More server settings, such as `fsync=off`. */
  flags?: string[]
}

export interface EmbeddedDatabase {
  url: string
  /** Ends PostgreSQL with everything written, then frees the data folder. May be called again. */
  stop(): Promise<void>
}

/**
 * Starts a PostgreSQL of our own on the data folder; makes the folder and the database `tenantry` at the first start.
 * @throws StartError when the folder is in use by a live process, cannot be used, or PostgreSQL does not start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  try {
    const place = await findPlace(await openDataFolder(options.dataDir), options.say)
    const unlock = await takeLock(place.folder)
    try {
      const programs = await findPrograms(place.account, options.say)
      const cluster = await openCluster(place, programs, options.say)
      options.say('Starting PostgreSQL…')
      const { onLoss = options.say } = options
      return embedded(await serve(cluster, 'tenantry', options.flags ?? []), unlock, () =>
        onLoss(`PostgreSQL ended by itself (its log: ${cluster.log})`),
      )
    } catch (error) {
      await unlock()
      throw error
    }
  } catch (error) {
    throw asStartError(error, options.dataDir)
  }
}

function embedded(server: Server, unlock: () => Promise<void>, onLoss: () => void): EmbeddedDatabase {
  let stopping: Promise<void> | undefined
  void server.ended.then(() => {
    if (stopping === undefined) onLoss()
  })
  return { url: server.url, stop: () => (stopping ??= server.stop().then(unlock)) }
}

function asStartError(error: unknown, dataDir: string): unknown {
  const isFileProblem = error instanceof Error && 'code' in error && 'syscall' in error
  return isFileProblem
    ? new StartError(`The data folder ${dataDir} cannot be used (${error.message}): set DATA_DIR to another`)
    : error
}
