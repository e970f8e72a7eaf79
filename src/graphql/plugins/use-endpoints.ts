import type { FetchAPI, Plugin } from 'graphql-yoga'
import type { JSONWebKeySet } from 'jose'
import type { Page } from '../../pages/page.ts'

export interface Endpoints {
  /** Whether the process can serve: its database answers. */
  readonly isReady: () => Promise<boolean>
  readonly jwks: () => Promise<JSONWebKeySet>
  /** The page of this path; null where there is none. */
  readonly page: (path: string) => Promise<Page | null>
}

/** What is served beside `/graphql`: `/healthz`, `/readyz`, the public keys, and pages. */
export function useEndpoints({ isReady, jwks, page }: Endpoints): Plugin {
  const answer = async (path: string, method: string, { Response }: FetchAPI): Promise<Response> => {
    const text = (status: number, body: string, headers = {}) =>
      new Response(`${body}\n`, {
        status,
        headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers },
      })
    const endpoints: Record<string, () => Response | Promise<Response>> = {
      '/': () => new Response(null, { status: 302, headers: { location: '/graphql' } }),
      '/healthz': () => text(200, 'ok'),
      '/readyz': async () => ((await isReady()) ? text(200, 'ready') : text(503, 'the database does not answer')),
      '/.well-known/jwks.json': async () =>
        Response.json(await jwks(), { headers: { 'cache-control': 'public, max-age=60' } }),
    }
    const endpoint = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined
    const found = endpoint === undefined ? await page(path) : null
    const shown = found === null ? endpoint : () => new Response(found.body, found)
    if (shown === undefined) return text(404, 'Not found. The API is at /graphql.')
    if (method === 'GET' || method === 'HEAD') return shown()
    return text(405, 'Method not allowed', { allow: 'GET, HEAD' })
  }
  return {
    // Nothing is waited for, or made, on the way to the API.
    onRequest({ url, request, endResponse, fetchAPI }) {
      if (url.pathname === '/graphql') return
      return answer(url.pathname, request.method, fetchAPI).then(endResponse)
    },
  }
}
