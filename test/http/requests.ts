import type { App } from '../../src/app.ts'
import type { AnswerError } from '../kit/client.ts'

type Target = Pick<App, 'fetch'>
type Sent = Omit<RequestInit, 'body' | 'headers'> & { body?: unknown; headers?: Record<string, string> }
interface Received {
  status: number
  headers: Headers
  text: string
  /** The errors of a GraphQL answer. */
  errors: AnswerError[]
}

/** A request of any kind, and all that came back. */
export const ask = (app: Target, path: string, sent: Sent = {}) => askAt('http://localhost', app, path, sent)

/** The same, of the server at this origin. */
export async function askAt(
  origin: string,
  app: Target,
  path: string,
  { body, headers, ...init }: Sent = {},
): Promise<Received> {
  const isRaw = body === undefined || typeof body === 'string' || body instanceof FormData
  const request = new Request(`${origin}${path}`, {
    ...init,
    headers: { ...(!isRaw && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { method: 'POST', body: isRaw ? body : JSON.stringify(body) }),
    ...(init.method !== undefined && { method: init.method }),
  })
  const response = await app.fetch(request)
  const text = await response.text()
  const isJson = text.startsWith('{') && text.includes('"errors"')
  return { status: response.status, headers: response.headers, text, errors: isJson ? JSON.parse(text).errors : [] }
}

/** A GraphQL operation as a client sends it. */
export function post(
  app: Target,
  query: string,
  { token, ...init }: Sent & { token?: string; variables?: object } = {},
) {
  const { variables, headers, ...rest } = init
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return ask(app, '/graphql', { ...rest, body: { query, variables }, headers: { ...authorization, ...headers } })
}
