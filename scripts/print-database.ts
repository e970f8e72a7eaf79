/** `npm run schema:database`: writes migrations/snapshot.json, what the migrations make of an empty database. */
import { writeFile } from 'node:fs/promises'
import { migrate } from '../src/migrate.ts'
import { withClient } from '../test/kit/server.ts'
import { withFreshDatabase } from './check/fresh-database.ts'
import { takeSnapshot } from './check/snapshot.ts'

const snapshot = await withFreshDatabase(async url => {
  await migrate(url)
  return withClient(url, takeSnapshot)
})
await writeFile(new URL('../migrations/snapshot.json', import.meta.url), `${JSON.stringify(snapshot, null, 2)}\n`)
