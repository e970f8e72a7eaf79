/** The load, in a process of its own: so many connections, each sending its next request once the last was answered. */
import { openConnection } from './connection.ts'

/** What to send: per request its variants, of which each sending takes the next. */
export interface Prepare {
  readonly prepare: string
  readonly requests: readonly (readonly string[])[]
  /** What every good answer begins with. */
  readonly start: string
}
export interface Run {
  readonly run: string
  /** Targets of one topic share which variant comes next: what one of them gave, the other takes. */
  readonly topic: string
  readonly port: number
  readonly connections: number
  readonly milliseconds: number
}
export interface Outcome {
  readonly count: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

interface Target {
  readonly requests: readonly (readonly Buffer[])[]
  readonly start: string
}

const targets = new Map<string, Target>()
const turns = new Map<string, Uint8Array>()

process.on('message', (message: Prepare | Run) => {
  if ('prepare' in message) {
    const requests = message.requests.map(variants => variants.map(text => Buffer.from(text)))
    targets.set(message.prepare, { requests, start: message.start })
    return
  }
  run(message).then(
    outcome => process.send?.(outcome),
    error => process.send?.({ error: String(error) }),
  )
})
process.once('disconnect', () => process.exit())

async function run({ run: name, topic, port, connections, milliseconds }: Run): Promise<Outcome> {
  const target = targets.get(name)
  if (target === undefined) throw new Error(`${name} was not prepared`)
  const turn = turns.get(topic) ?? new Uint8Array(target.requests.length)
  turns.set(topic, turn)
  const startedAt = performance.now()
  const latencies = await Promise.all(
    Array.from({ length: connections }, (_, index) =>
      drive(target, turn, port, startedAt + milliseconds, { index, of: connections }),
    ),
  )
  const seconds = (performance.now() - startedAt) / 1000
  const all = Float64Array.from(latencies.flat()).sort()
  const at = (part: number) => all[Math.min(all.length - 1, Math.floor(all.length * part))] ?? 0
  return { count: all.length, perSecond: all.length / seconds, p50: at(0.5), p99: at(0.99) }
}

async function drive(
  { requests, start }: Target,
  turn: Uint8Array,
  port: number,
  until: number,
  share: { index: number; of: number },
): Promise<number[]> {
  const latencies: number[] = []
  const mine = sharesOf(requests.length, share)
  const connection = await openConnection(port)
  try {
    while (performance.now() < until) {
      const index = mine[Math.floor(Math.random() * mine.length)] ?? 0
      const variants = requests[index] ?? []
      const request = variants[(turn[index] ?? 0) % variants.length]
      if (request === undefined) throw new Error('there is nothing to send')
      const sentAt = performance.now()
      const answer = await connection.send(request)
      latencies.push(performance.now() - sentAt)
      if (answer.status !== 200 || !answer.body.startsWith(start))
        throw new Error(`${answer.status} ${answer.body.slice(0, 500)}`)
      turn[index] = (turn[index] ?? 0) ^ 1
    }
  } finally {
    connection.close()
  }
  return latencies
}

/** The requests that a connection sends: its own, so that no two change the same row; all, where there are too few. */
function sharesOf(length: number, { index, of }: { index: number; of: number }): number[] {
  const all = Array.from({ length }, (_, one) => one)
  return length < of ? all : all.filter(one => one % of === index)
}
