/**
 * What there is to be compared with: bare node:http, one named prepared statement per query that returns the whole
 * answer as text, no token, no rules, no row-level security. `POST /w2` with `{"values": [...]}`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import pg from 'pg'
import { workloads } from './workloads.ts'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 })
const statements = new Map(workloads.map(({ name, sql }) => [`/${name}`, { name, text: sql }]))
const typename = '{"data":{"__typename":"Query"}}'

const server = createServer((request, response) => {
  answer(request).then(
    body => send(response, 200, body),
    error => send(response, 500, JSON.stringify({ errors: [{ message: String(error) }] })),
  )
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) process.send?.({ port: address.port })
})
process.once('disconnect', () => process.exit())

async function answer(request: IncomingMessage): Promise<string> {
  const statement = statements.get(request.url ?? '')
  if (statement === undefined) throw new Error(`there is no ${request.url}`)
  const { values } = JSON.parse(await read(request)) as { values: unknown[] }
  if (statement.text === null) return typename
  const { rows } = await pool.query<{ body: string }>({ name: statement.name, text: statement.text, values })
  return rows[0]?.body ?? '{"data":null}'
}

function read(request: IncomingMessage): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let body = ''
  request.setEncoding('utf8')
  request.on('data', chunk => {
    body += chunk
  })
  request.once('end', () => resolve(body))
  request.once('error', reject)
  return promise
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}
