import type { Plugin } from 'graphql-yoga'

/**
 * Lets pages of these origins call, and of no other; `*` is all. Never with cookies: there are none. Yoga's own answers
 * an origin that is not in the list with `null`, which is the origin of every sandboxed page.
 */
export function useCors(origins: readonly string[]): Plugin {
  const allowed = (request: Request) => {
    const origin = request.headers.get('origin')
    if (origin === null) return null
    return origins.includes('*') ? '*' : (origins.find(one => one === origin) ?? null)
  }
  const isPreflight = ({ method, headers }: Request) =>
    method === 'OPTIONS' && headers.has('access-control-request-method')

  return {
    onRequest({ request, endResponse, fetchAPI }) {
      if (isPreflight(request) && allowed(request) !== null) endResponse(new fetchAPI.Response(null, { status: 204 }))
    },
    onResponse({ request, response: { headers } }) {
      if (origins.length === 0) return
      // No cache may keep for one origin what was answered to another.
      headers.append('vary', 'Origin')
      const origin = allowed(request)
      if (origin === null) return
      headers.set('access-control-allow-origin', origin)
      headers.set('access-control-expose-headers', 'x-request-id')
      if (!isPreflight(request)) return
      headers.set('access-control-allow-methods', 'GET, POST')
      headers.set('access-control-allow-headers', request.headers.get('access-control-request-headers') ?? '')
      headers.set('access-control-max-age', '600')
    },
  }
}
