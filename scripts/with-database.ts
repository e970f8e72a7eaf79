import { readConfig } from '../src/config.ts'
import { reachDatabase } from '../src/db/reach.ts'
import { StartError } from '../src/errors.ts'

/** The database that the start would use: of the environment, or the embedded one, running for as long as the action does. */
export async function withDatabase(action: (url: string) => Promise<void>): Promise<void> {
  const { NODE_ENV, DATABASE_URL, DATA_DIR, EMBEDDED_DATABASE } = process.env
  // Only where the database is: a job that migrates need not know the issuers and the rest of the configuration.
  const { databaseUrl, dataDir } = readConfig({ DATABASE_URL, DATA_DIR })
  if (databaseUrl !== undefined) {
    await reachDatabase(databaseUrl)
    return action(databaseUrl)
  }
  if (NODE_ENV === 'production' && !['true', '1'].includes(EMBEDDED_DATABASE ?? ''))
    throw new StartError('DATABASE_URL is needed in production (or EMBEDDED_DATABASE=true, for the embedded database)')
  const { startEmbedded } = await import('../src/db/embedded.ts')
  const database = await startEmbedded({ dataDir, say: line => console.log(line) })
  try {
    await action(database.url)
  } finally {
    await database.stop()
  }
}
