import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type Middleware, protect, type Request } from './protect.ts'
import type { Caller, Verify } from './verify.ts'

interface Note {
  readonly by: string
  readonly text: string
}
interface Answer {
  readonly status: number
  readonly body: unknown
}
interface Route {
  readonly guard: Middleware
  readonly answer: (caller: Caller, request: Request) => Promise<Answer> | Answer
}

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const pathPattern = new RegExp(`^/organizations/(${uuid})/(caller|notes)$`)
const maxCharacters = 10_000

interface ServiceOptions {
  readonly verify: Verify
  /** The origins of the pages that may call. */
  readonly origins?: readonly string[]
  /** Told of what went wrong, of which the caller is told nothing. */
  readonly onError?: (error: unknown) => void
}

/** Notes of organizations, in memory: what one organization wrote, no other one reads. */
export function createService({ verify, origins = [], onError = console.error }: ServiceOptions): RequestListener {
  const notes = new Map<string, Note[]>()
  const notesOf = (organizationId: string) => notes.get(organizationId) ?? []
  const routes: Record<string, Route> = {
    'GET caller': { guard: protect(verify), answer: caller => ok(caller) },
    'GET notes': { guard: protect(verify, 'note:read'), answer: caller => ok(notesOf(caller.organizationId)) },
    'POST notes': {
      guard: protect(verify, 'note:write'),
      async answer(caller, request) {
        const text = await readText(request)
        if (text === null) return { status: 413, body: { error: 'too_long' } }
        const note = { by: caller.subject, text }
        notes.set(caller.organizationId, [...notesOf(caller.organizationId), note])
        return ok(note)
      },
    },
  }

  return (incoming, response) => {
    allow(origins, incoming, response)
    if (incoming.method === 'OPTIONS') return void response.writeHead(204).end()
    const [path = ''] = (incoming.url ?? '').split('?')
    const [, organizationId = '', name] = pathPattern.exec(path) ?? []
    const route = routes[`${incoming.method} ${name}`]
    if (route === undefined) return send(response, { status: 404, body: { error: 'not_found' } })
    const request: Request = Object.assign(incoming, { params: { organizationId } })
    const fail = (error: unknown) => {
      onError(error)
      send(response, { status: 503, body: { error: 'unavailable' } })
    }
    const next = async (error?: unknown) => {
      if (error !== undefined || request.caller === undefined) return fail(error)
      send(response, await route.answer(request.caller, request))
    }
    route.guard(request, response, next).catch(fail)
  }
}

const ok = (body: unknown): Answer => ({ status: 200, body })

/** The token is in a header, never in a cookie: a page can only send one that it has. */
function allow(origins: readonly string[], { headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('vary', 'origin')
  if (headers.origin === undefined || !origins.includes(headers.origin)) return
  response.setHeader('access-control-allow-origin', headers.origin)
  response.setHeader('access-control-allow-headers', 'authorization, content-type')
  response.setHeader('access-control-expose-headers', 'www-authenticate')
}

async function readText(request: IncomingMessage): Promise<string | null> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > maxCharacters) return null
  }
  return text
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
