import { isDeepStrictEqual } from 'node:util'
import type { DevelopmentIssuer } from '../src/auth/development-issuer.ts'
import { openConnection, post } from './connection.ts'
import { type Cpu, cpuSoFar } from './cpu.ts'
import type { Outcome } from './load.ts'
import type { BenchOptions } from './options.ts'
import type { Load, Server } from './processes.ts'
import type { Case, Workload } from './workloads.ts'

export interface Figures extends Outcome {
  /** Milliseconds of processor time per request; null where they cannot be told. */
  readonly cpu: Cpu | null
}
export interface Comparison {
  readonly workload: Workload
  readonly tenantry: Figures
  readonly plain: Figures
  /** The median over the rounds of Tenantry's requests per second by the plain server's. */
  readonly ratio: number
}
export interface Rivals {
  readonly tenantry: Server
  readonly plain: Server
  readonly load: Load
  /** The process of PostgreSQL; null when it is on another machine. */
  readonly postmaster: number | null
  readonly issuer: DevelopmentIssuer
}
type Requests = readonly (readonly Buffer[])[]

/** Drives both servers in turns, after they were found to answer alike. */
export async function compare(
  rivals: Rivals,
  workload: Workload,
  cases: readonly (readonly Case[])[],
  { seconds, rounds, connections }: BenchOptions,
): Promise<Comparison> {
  const requests = await requestsOf(rivals.issuer, workload, cases)
  const start = await verify(rivals, workload, requests)
  const prepare = (name: 'tenantry' | 'plain') =>
    rivals.load.prepare({
      prepare: `${workload.name} ${name}`,
      requests: requests[name].map(variants => variants.map(String)),
      start: start[name],
    })
  prepare('tenantry')
  prepare('plain')
  const drive = async (name: 'tenantry' | 'plain', milliseconds: number) => {
    const { port, pid } = rivals[name]
    const run = { run: `${workload.name} ${name}`, topic: workload.name, port, connections, milliseconds }
    const before = cpuSoFar(pid, rivals.postmaster)
    const outcome = await rivals.load.run(run)
    return { ...outcome, cpu: perRequest(before, cpuSoFar(pid, rivals.postmaster), outcome.count) }
  }
  await drive('tenantry', 3000)
  await drive('plain', 1000)
  const pairs: { tenantry: Figures; plain: Figures }[] = []
  for (let round = 0; round < rounds; round++)
    pairs.push({ tenantry: await drive('tenantry', seconds * 1000), plain: await drive('plain', seconds * 1000) })
  return {
    workload,
    tenantry: medians(pairs.map(pair => pair.tenantry)),
    plain: medians(pairs.map(pair => pair.plain)),
    ratio: median(pairs.map(pair => pair.tenantry.perSecond / pair.plain.perSecond)),
  }
}

async function requestsOf(
  issuer: DevelopmentIssuer,
  { name, document }: Workload,
  cases: readonly (readonly Case[])[],
): Promise<{ tenantry: Requests; plain: Requests }> {
  const emails = [...new Set(cases.flat().map(({ email }) => email))]
  const tokens = new Map(await Promise.all(emails.map(async email => [email, await issuer.sign(email)] as const)))
  const ours = ({ email, variables }: Case) =>
    post('/graphql', { query: document, variables }, { authorization: `Bearer ${tokens.get(email)}` })
  const theirs = ({ values }: Case) => post(`/${name}`, { values })
  return {
    tenantry: cases.map(variants => variants.map(ours)),
    plain: cases.map(variants => variants.map(theirs)),
  }
}

/**
 * Asks both servers some of the requests, all variants in order, so that a change is undone.
 * @returns what every good answer of each begins with: an error, a null or another member of a union does not
 * @throws when they do not answer the same
 */
async function verify(rivals: Rivals, { name }: Workload, requests: { tenantry: Requests; plain: Requests }) {
  const mine = await sendSome(rivals.tenantry.port, requests.tenantry)
  const other = await sendSome(rivals.plain.port, requests.plain)
  for (const [index, body] of mine.entries()) {
    if (!isDeepStrictEqual(JSON.parse(body), JSON.parse(other[index] ?? '')))
      throw new Error(`${name}: the servers differ\n${body}\n${other[index]}`)
  }
  return { tenantry: commonStart(mine), plain: commonStart(other) }
}

async function sendSome(port: number, requests: Requests): Promise<string[]> {
  const connection = await openConnection(port)
  const bodies: string[] = []
  try {
    for (const request of requests.slice(0, 20).flat()) {
      const { status, body } = await connection.send(request)
      if (status !== 200 || !/^\{"data" ?: ?\{/.test(body)) throw new Error(`${status} ${body}`)
      bodies.push(body)
    }
  } finally {
    connection.close()
  }
  return bodies
}

function commonStart(texts: readonly string[]): string {
  const [first = '', ...others] = texts
  let length = first.length
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--
  return first.slice(0, length)
}

function perRequest(before: Cpu | null, after: Cpu | null, count: number): Cpu | null {
  if (before === null || after === null) return null
  return { server: (after.server - before.server) / count, database: (after.database - before.database) / count }
}

function medians(figures: readonly Figures[]): Figures {
  const of = (pick: (one: Figures) => number) => median(figures.map(pick))
  const isTold = figures.every(one => one.cpu !== null)
  return {
    count: of(one => one.count),
    perSecond: of(one => one.perSecond),
    p50: of(one => one.p50),
    p99: of(one => one.p99),
    cpu: isTold ? { server: of(one => one.cpu?.server ?? 0), database: of(one => one.cpu?.database ?? 0) } : null,
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}
