import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type World, world } from '../kit/world.ts'

const limit = 2048
let port: number
let w: World
let close: () => Promise<unknown>
const uncaught: unknown[] = []
const onUncaught = (error: unknown) => uncaught.push(error)

beforeAll(async () => {
  w = await world({ env: { MAX_BODY_BYTES: String(limit) } })
  const server = createServer((request, response) => w.app.handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  port = address.port
  process.on('unhandledRejection', onUncaught).on('uncaughtException', onUncaught)
  close = async () => {
    process.off('unhandledRejection', onUncaught).off('uncaughtException', onUncaught)
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
})
afterAll(() => close())

const head = (...lines: string[]) =>
  `${['POST /graphql HTTP/1.1', 'host: tenantry.test', 'content-type: application/json', ...lines].join('\r\n')}\r\n\r\n`
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
const query = JSON.stringify({ query: '{ __typename }' })

interface Heard {
  text: string
  /** Whether the server ended the connection, rather than the patience of the test. */
  hasEnded: boolean
}

/** Sends these parts over a connection of its own, one after the other, and listens until it ends. */
async function send(...parts: (string | Buffer)[]): Promise<Heard> {
  const socket = connect(port, '127.0.0.1')
  const heard: Heard = { text: '', hasEnded: true }
  socket.on('data', data => (heard.text += data)).on('error', () => undefined)
  const closed = new Promise(resolve => socket.on('close', resolve))
  const patience = setTimeout(() => {
    heard.hasEnded = false
    socket.destroy()
  }, 5000)
  for (const part of parts) {
    if (socket.writable) socket.write(part)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  await closed
  clearTimeout(patience)
  return heard
}

function expectRefused({ text, hasEnded }: Heard): void {
  expect(text).toMatch(/^HTTP\/1\.1 413 /)
  expect(text.toLowerCase()).toContain('connection: close')
  expect(text).toContain(
    `{"message":"The request body is larger than ${limit} bytes.","extensions":{"code":"LIMIT_EXCEEDED"}}`,
  )
  expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
  expect(hasEnded).toBe(true)
}

/** The server lives on, and nothing went unhandled. */
async function expectAlive(): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: query,
  })
  expect(await response.json()).toEqual({ data: { __typename: 'Query' } })
  expect(uncaught).toEqual([])
}

describe('a body above the limit is 413, the connection ends, and the server lives on', () => {
  test.each<[string, (string | Buffer)[]]>([
    ['announced and not sent', [head(`content-length: ${limit + 1}`)]],
    ['announced and sent', [head(`content-length: ${limit + 1}`) + 'x'.repeat(limit + 1)]],
    ['announced as gigabytes', [head('content-length: 9999999999'), Buffer.alloc(5_000_000, 'x')]],
    ['in chunks', [head('transfer-encoding: chunked'), ...Array.from({ length: 5 }, () => chunk('x'.repeat(1000)))]],
    ['in one large chunk', [head('transfer-encoding: chunked') + chunk('x'.repeat(100_000))]],
    [
      'in chunks without end',
      [head('transfer-encoding: chunked'), ...Array.from({ length: 40 }, () => chunk('x'.repeat(60_000)))],
    ],
  ])('%s', async (_, parts) => {
    expectRefused(await send(...parts))
    await expectAlive()
  })

  test('for every path', async () => {
    expectRefused(await send(head(`content-length: ${limit + 1}`).replace('/graphql', '/healthz')))
  })

  test('for many at once', async () => {
    const flood = () => send(head('transfer-encoding: chunked'), chunk('x'.repeat(50_000)), chunk('x'.repeat(50_000)))
    const heard = await Promise.all(Array.from({ length: 40 }, flood))
    for (const one of heard) expectRefused(one)
    await expectAlive()
  })
})

describe('a body within the limit is read', () => {
  const padded = query.padEnd(limit)
  test.each<[string, string[]]>([
    ['announced', [head(`content-length: ${limit}`, 'connection: close') + padded]],
    [
      'announced and sent in pieces',
      [head(`content-length: ${limit}`, 'connection: close'), padded.slice(0, 10), padded.slice(10)],
    ],
    [
      'in chunks',
      [
        head('transfer-encoding: chunked', 'connection: close'),
        chunk(padded.slice(0, 100)),
        chunk(padded.slice(100)),
        '0\r\n\r\n',
      ],
    ],
  ])('%s', async (_, parts) => {
    const { text } = await send(...parts)
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
    expect(text).toContain('{"data":{"__typename":"Query"}}')
  })
})

describe('a request that breaks off', () => {
  test.each<[string, string]>([
    ['in the middle of its body', head('content-length: 100') + query],
    ['in the middle of a chunk', `${head('transfer-encoding: chunked')}64\r\nabc`],
    ['in its head', 'POST /graphql HTTP/1.1\r\nhost: tenan'],
  ])('%s leaves nothing behind', async (_, part) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await new Promise(resolve => socket.write(part, resolve))
    socket.destroy()
    await expectAlive()
  })
})

test('a body of two lengths is not read at all', async () => {
  const { text, hasEnded } = await send(head('content-length: 5', 'transfer-encoding: chunked') + chunk(query))
  expect({ status: text.slice(9, 12), hasEnded }).toEqual({ status: '400', hasEnded: true })
})
