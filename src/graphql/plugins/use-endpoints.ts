import type { Plugin } from 'graphql-yoga'
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
  return {
    async onRequest({ url, request, endResponse, fetchAPI: { Response } }) {
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
      if (url.pathname === '/graphql') return
      const endpoint = Object.hasOwn(endpoints, url.pathname) ? endpoints[url.pathname] : undefined
      const found = endpoint === undefined ? await page(url.pathname) : null
      const shown = found === null ? endpoint : () => new Response(found.body, found)
      if (shown === undefined) endResponse(text(404, 'Not found. The API is at /graphql.'))
      else if (request.method === 'GET' || request.method === 'HEAD') endResponse(await shown())
      else endResponse(text(405, 'Method not allowed', { allow: 'GET, HEAD' }))
    },
  }
}
