import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { urlOf, withClient } from './server.ts'

let own: Promise<string> | undefined

/** The database of this worker, a copy of the template made at the first call; files share it one after another. */
export function workerDatabase(): Promise<string> {
  own ??= copyTemplate(`worker_${process.env.VITEST_POOL_ID}`)
  return own
}

/** Nobody waits any more for the mail that is queued there: whoever sends what is due would send all of it first. */
export async function cancelMail(): Promise<void> {
  if (own === undefined) return
  const url = await own
  const cancelled = "update invitation_mail set status = 'CANCELLED', closed_at = due_at where status = 'QUEUED'"
  await withClient(url, client => client.query(cancelled))
}

/** An empty, migrated database for a test that cannot share one. */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const url = await copyTemplate(`fresh_${randomBytes(4).toString('hex')}`)
  const name = new URL(url).pathname.slice(1)
  const drop = () =>
    withClient(inject('adminUrl'), client => client.query(`drop database if exists ${name} with (force)`))
  return { url, drop: async () => void (await drop()) }
}

async function copyTemplate(suffix: string): Promise<string> {
  const template = inject('templateName')
  const name = `${template}_${suffix}`
  await withClient(inject('adminUrl'), async client => {
    // One copy at a time: PostgreSQL refuses to copy what is being copied. The lock ends with the connection.
    await client.query('select pg_advisory_lock(7263020)')
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${name} template ${template}`)
  })
  return urlOf(inject('adminUrl'), name)
}
