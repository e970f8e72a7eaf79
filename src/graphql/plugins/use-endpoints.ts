import type { Plugin } from 'graphql-yoga'
import type { JSONWebKeySet } from 'jose'

export interface Endpoints {
  /** Whether the process can serve: its database answers. */
  readonly isReady: () => Promise<boolean>
  readonly jwks: () => JSONWebKeySet
}

/** What is served beside `/graphql`: `/healthz`, `/readyz` and the public keys. */
export function useEndpoints({ isReady, jwks }: Endpoints): Plugin {
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
        '/.well-known/jwks.json': () => Response.json(jwks(), { headers: { 'cache-control': 'public, max-age=60' } }),
      }
      if (url.pathname === '/graphql') return
      const endpoint = Object.hasOwn(endpoints, url.pathname) ? endpoints[url.pathname] : undefined
      if (endpoint === undefined) endResponse(text(404, 'Not found. The API is at /graphql.'))
      else if (request.method === 'GET' || request.method === 'HEAD') endResponse(await endpoint())
      else endResponse(text(405, 'Method not allowed', { allow: 'GET, HEAD' }))
    },
  }
}
