import { randomUUID } from 'node:crypto'
import type { Plugin } from 'graphql-yoga'
import type { Log } from '../../log.ts'

const ids = new WeakMap<Request, { id: string; path: string; startedAt: number; operation?: string }>()

// What a client calls an operation is logged when it is a name; anything else would let it write what it likes.
const operationName = /^[_A-Za-z]\w{0,99}$/

/** One line a request: method, path, operation, status, milliseconds; the response carries its id as `x-request-id`. */
export function useRequestLog(log: Log): Plugin {
  return {
    onRequest({ request, url }) {
      ids.set(request, { id: randomUUID(), path: url.pathname, startedAt: performance.now() })
    },
    onParams({ request, params }) {
      const known = ids.get(request)
      const name: unknown = params.operationName
      if (known !== undefined && typeof name === 'string' && operationName.test(name)) known.operation = name
    },
    onResponse({ request, response }) {
      const known = ids.get(request)
      if (known === undefined) return
      response.headers.set('x-request-id', known.id)
      log('info', 'request', {
        requestId: known.id,
        method: request.method,
        path: known.path,
        operation: known.operation,
        status: response.status,
        milliseconds: Math.round((performance.now() - known.startedAt) * 10) / 10,
      })
    },
  }
}
