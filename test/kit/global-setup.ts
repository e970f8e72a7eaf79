import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/migrate.ts'
import { temporaryDataDir } from './data-dir.ts'
import { urlOf, withClient } from './server.ts'

/** One server for all workers: that of DATABASE_URL, else an embedded one that trades durability for speed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { DATABASE_URL } = process.env
  const server = DATABASE_URL ? { url: DATABASE_URL, stop: async () => {} } : await startTestServer()
  const template = `tenantry_test_${randomBytes(4).toString('hex')}`
  const teardown = async () => {
    if (DATABASE_URL) await withClient(server.url, client => dropAll(client, template))
    await server.stop()
  }
  try {
    await withClient(server.url, client => client.query(`create database ${template}`))
    await migrate(urlOf(server.url, template))
    // A copy fails while somebody is connected to the original.
    await withClient(server.url, client => client.query(`alter database ${template} allow_connections false`))
  } catch (error) {
    await teardown()
    throw error
  }
  project.provide('adminUrl', server.url)
  project.provide('templateName', template)
  return teardown
}

async function startTestServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const dataDir = await temporaryDataDir()
  const flags = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  const server = await startEmbedded({ dataDir: dataDir.path, say: () => {}, flags })
  return { url: server.url, stop: () => server.stop().then(dataDir.remove) }
}

async function dropAll(client: pg.Client, prefix: string): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    'select datname from pg_database where starts_with(datname, $1)',
    [prefix],
  )
  for (const { datname } of rows) await client.query(`drop database ${datname} with (force)`)
}
