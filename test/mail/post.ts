import { onTestFinished } from 'vitest'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { type TestClock, testClock } from '../kit/clock.ts'
import { smtpServer } from '../kit/mail.ts'
import { sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { dataDir } from './data-dir.ts'

type Server = Awaited<ReturnType<typeof smtpServer>>

/** A deployment of its own with a real mail server, and a clock that moves. */
export async function post(hooks: Parameters<typeof smtpServer>[0] = {}, env: Record<string, string> = {}) {
  const server = await smtpServer(hooks)
  const clock = testClock()
  const w = await world({ clock, isolated: true, env: { ...server.env, ...env } })
  return { w, clock, server }
}

/** A second process, so to speak, on the same database. */
export async function replica(w: World, clock: TestClock, server: Pick<Server, 'env'>) {
  const config = readConfig({ DATA_DIR: await dataDir(), DEMO: 'false', DATABASE_POOL: '5', ...server.env })
  const app = await createApp(config, { databaseUrl: w.databaseUrl, clock, holdsMail: true, write: () => {} })
  onTestFinished(() => app.close())
  return app
}

/** The mails of the queue, as the table has them. */
export function queued(w: Pick<World, 'databaseUrl'>) {
  return sql<{ status: string; attempts: number }>(w, 'select status, attempts from invitation_mail order by id')
}
