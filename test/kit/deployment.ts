import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '../../src/app.ts'
import { openDevelopmentIssuer } from '../../src/auth/development-issuer.ts'
import { readConfig } from '../../src/config.ts'
import { atTheEnd } from './at-the-end.ts'
import { freshDatabase } from './database.ts'

/** All that production needs, and nothing else. */
export const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://tenantry@db.test/tenantry',
  PUBLIC_URL: 'https://gateway.test',
  ISSUER_SECRET: 'a secret of at least 32 characters',
  TRUSTED_ISSUERS: JSON.stringify([{ issuer: 'https://id.test', audience: 'https://gateway.test/graphql' }]),
}

export interface Deployment {
  app: App
  /** What the server logged, line by line. */
  log: string[]
  /** A token of the development issuer, which production does not trust. */
  token(email: string): Promise<string>
  machineToken(clientId: string): Promise<string>
  /** Takes the database away under the running server. */
  dropDatabase(): Promise<void>
}

/** A server with this environment, on a database of its own and without anybody in it; gone after the test. */
export async function deployment(env: Record<string, string> = {}): Promise<Deployment> {
  const { url, drop } = await freshDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantry-test-'))
  const log: string[] = []
  const config = readConfig({ DATA_DIR: dataDir, DEMO: 'false', ...env })
  const app = await createApp(config, { databaseUrl: url, write: line => log.push(line) })
  atTheEnd(async () => {
    await app.close()
    await drop()
    await rm(dataDir, { recursive: true })
  })
  const issuer = await openDevelopmentIssuer(dataDir, () => new Date())
  return {
    app,
    log,
    token: email => issuer.sign(email),
    machineToken: clientId => issuer.signMachine(clientId),
    dropDatabase: drop,
  }
}
