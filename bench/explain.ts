import type { Client, PoolClient } from 'pg'
import { createApp } from '../src/app.ts'
import type { Actor } from '../src/auth/actor.ts'
import { openDevelopmentIssuer } from '../src/auth/development-issuer.ts'
import { type Config, readConfig } from '../src/config.ts'
import { look } from '../src/db/look.ts'
import { openOrm } from '../src/db/orm.ts'
import type { Page } from '../src/db/page.ts'
import type { Db, Statement } from '../src/db/statement.ts'
import { whoLooks } from '../src/db/transaction.ts'
import { type Ask, createLoaders } from '../src/load.ts'
import { membershipsOf, membersOf } from '../src/members/membership.listing.ts'
import type { MembershipRow } from '../src/members/membership.loaders.ts'
import { type Picked, pick } from './picks.ts'
import type { Database } from './processes.ts'
import type { Case, Workload } from './workloads.ts'

/** Prints the statements that each workload takes, then the plans of the first and the last page of the longest lists. */
export async function explainAll(database: Database, client: Client, workloads: readonly Workload[]): Promise<void> {
  const config = readConfig({ ...process.env, DATA_DIR: database.dataDir, DEMO: 'false', LOG_LEVEL: 'silent' })
  await printStatements(database, config, client, workloads)
  const [ofLargest] = await pick(client, 'largest')
  const [busiest] = await pick(client, 'busiest')
  if (ofLargest !== undefined) await printPlans(database, config, ofLargest, largestLists)
  if (busiest !== undefined) await printPlans(database, config, busiest, busiestLists)
}

async function printStatements(
  { url, dataDir }: Database,
  config: Config,
  client: Client,
  workloads: readonly Workload[],
): Promise<void> {
  const seen: string[] = []
  const app = await createApp(config, {
    databaseUrl: url,
    observe: ({ name }) => seen.push(name.slice(0, -17)),
  })
  const issuer = await openDevelopmentIssuer(dataDir, () => new Date())
  const send = async (document: string, { email, variables }: Case) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await issuer.sign(email)}` }
    const body = JSON.stringify({ query: document, variables })
    await (await app.fetch(new Request('http://bench/graphql', { method: 'POST', headers, body }))).text()
  }
  console.log('| | statements | which |\n| --- | ---: | --- |')
  for (const { name, document, cases } of workloads) {
    const [variants = []] = await cases(client)
    // Twice over: the first time, the token is new and its owner is looked up.
    for (const one of [...variants, ...variants]) {
      seen.length = 0
      await send(document, one)
    }
    console.log(`| ${name.toUpperCase()} | ${seen.length} | ${seen.join(', ')} |`)
  }
  await app.close()
}

type List = (ask: Ask, of: Picked, cut: object) => Promise<Page<MembershipRow>>
const bare = { principal: false, principalProfile: false, principalDetails: false }
const all = { total: true, rows: true, cursors: true, details: false, roles: true, ...bare, principal: true }
const joinedAt = (direction: 'ASC' | 'DESC') => ({ field: 'JOINED_AT', direction }) as const
const displayName = { field: 'DISPLAY_NAME', direction: 'ASC' } as const

const largestLists: Readonly<Record<string, List>> = {
  'members by joining': (ask, { organizationId }, cut) =>
    membersOf(ask, organizationId, { ...cut, orderBy: joinedAt('ASC') }, { ...all, total: false }),
  'members by name': (ask, { organizationId }, cut) =>
    membersOf(ask, organizationId, { ...cut, orderBy: displayName }, { ...all, total: false }),
  'members counted': (ask, { organizationId }, cut) =>
    membersOf(ask, organizationId, { ...cut, orderBy: joinedAt('ASC') }, { ...all, ...bare, roles: false }),
}
const busiestLists: Readonly<Record<string, List>> = {
  'memberships, the newest first': (ask, { viewerId }, cut) =>
    membershipsOf(ask, viewerId, { ...cut, orderBy: joinedAt('DESC') }, { ...all, ...bare, total: false }),
}

async function printPlans(
  { url }: Database,
  config: Config,
  viewer: Picked,
  lists: Readonly<Record<string, List>>,
): Promise<void> {
  const orm = await openOrm(url, 'runtime', { pool: 1 })
  const pool = await orm.em.getConnection().getNativeClient()
  const client = await pool.connect()
  const actor: Actor = {
    kind: 'USER',
    id: viewer.viewerId,
    displayName: '',
    emailKey: viewer.email,
    isConfiguredOperator: false,
    token: null,
    management: new Set(),
  }
  const asker = { actor, config, now: new Date() }
  await client.query('begin isolation level repeatable read, read only')
  await client.query(look.text, whoLooks(actor, config.databaseTimeouts))
  for (const [name, list] of Object.entries(lists)) {
    const run = async (cut: object) => {
      const { db, asked } = recorder(client)
      const page = await list({ load: createLoaders(db, asker), ...asker }, viewer, cut)
      return { page, statement: asked[0] }
    }
    const first = await run({ first: 20 })
    const end = await run({ last: 21 })
    const [before] = end.page.rows
    const last = await run({ first: 20, after: before === undefined ? null : end.page.cursorOf(before) })
    await print(client, `${name}, first page`, first.statement)
    await print(client, `${name}, last page`, last.statement)
  }
  await client.query('rollback')
  client.release()
  await orm.close(true)
}

interface Asked {
  readonly statement: Statement
  readonly values: readonly unknown[]
}

/** Reads as a session does, and keeps what was asked. */
function recorder(client: PoolClient): { db: Db; asked: Asked[] } {
  const asked: Asked[] = []
  const db: Db = {
    async rows<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
      asked.push({ statement, values })
      return (await client.query<Row>({ text: statement.text, values: [...values] })).rows
    },
    templateRows: statement => db.rows(statement, []),
  }
  return { db, asked }
}

/** The plan of the prepared statement, as the server runs it, at the third time: warm. */
async function print(client: PoolClient, title: string, asked: Asked | undefined): Promise<void> {
  if (asked === undefined) return
  const values = asked.values.map(value =>
    client.escapeLiteral(Array.isArray(value) ? `{${value.join(',')}}` : String(value)),
  )
  await client.query(`prepare explained as ${asked.statement.text}`)
  const run = () =>
    client.query<{ 'QUERY PLAN': string }>(`explain (analyze, buffers) execute explained (${values.join(', ')})`)
  await run()
  await run()
  const { rows } = await run()
  await client.query('deallocate explained')
  console.log(`\n### ${title}\n\n\`\`\`\n${rows.map(row => row['QUERY PLAN']).join('\n')}\n\`\`\``)
}
