/**
 * `npm run rotate-keys`: a new signing key for the built-in issuer. It is published at once and signs in a quarter of an
 * hour; the old one stays published until what it signed is over. Running servers notice by themselves. `-- --forget`,
 * after a leak: the new key signs at once, the others are gone, and every token they signed is worth nothing.
 */
import { openSecret } from '../src/auth/issuer/secret.ts'
import { rotateSigningKeys } from '../src/auth/issuer/signing-keys.ts'
import { readConfig } from '../src/config.ts'
import { openOrm } from '../src/db/orm.ts'
import { StartError } from '../src/errors.ts'
import { asOwner } from '../src/migrate.ts'
import { withDatabase } from './with-database.ts'

try {
  const [flag, ...rest] = process.argv.slice(2)
  if ((flag !== undefined && flag !== '--forget') || rest.length > 0)
    throw new StartError('Usage: npm run rotate-keys [-- --forget]')
  const { NODE_ENV, ISSUER_SECRET, DATA_DIR } = process.env
  // Of the configuration only what this needs; a data folder's secret is for development.
  if (NODE_ENV === 'production' && (ISSUER_SECRET ?? '') === '')
    throw new StartError('ISSUER_SECRET is needed: the new key is encrypted with it')
  const derive = await openSecret(readConfig({ ISSUER_SECRET, DATA_DIR }))
  await withDatabase(url => rotate(url, derive, flag === '--forget'))
} catch (error) {
  console.error(error instanceof StartError ? error.message : error)
  process.exitCode = 1
}

async function rotate(url: string, derive: Awaited<ReturnType<typeof openSecret>>, isForgetting: boolean) {
  const orm = await openOrm(url, 'owner')
  try {
    const { kid, activatesAt } = await rotateSigningKeys(asOwner(orm), derive, new Date(), isForgetting)
    console.log(`New signing key ${kid}, which signs from ${activatesAt.toISOString()} on.`)
  } finally {
    await orm.close(true)
  }
}
