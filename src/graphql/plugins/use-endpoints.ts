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
    async onRequest({ url, request, endResponse, fetchAPI }) {
      const text = (status: number, body: string) =>
        endResponse(
          new fetchAPI.Response(`${body}\n`, {
            status,
            headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
          }),
        )
      const isRead = request.method === 'GET' || request.method === 'HEAD'
      if (url.pathname === '/graphql') return
      if (!isRead) text(405, 'Method not allowed')
      else if (url.pathname === '/healthz') text(200, 'ok')
      else if (url.pathname === '/readyz')
        (await isReady()) ? text(200, 'ready') : text(503, 'the database does not answer')
      else if (url.pathname === '/.well-known/jwks.json')
        endResponse(fetchAPI.Response.json(jwks(), { headers: { 'cache-control': 'public, max-age=60' } }))
      else if (url.pathname === '/')
        endResponse(new fetchAPI.Response(null, { status: 302, headers: { location: '/graphql' } }))
      else text(404, 'Not found. The API is at /graphql.')
    },
  }
}
