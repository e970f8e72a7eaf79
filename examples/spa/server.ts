import { readFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { fileURLToPath } from 'node:url'

/** What the page has to know of where it is. */
export interface PageConfig {
  readonly issuer: string
  readonly clientId: string
  /** The permissions that the page needs in an organization. */
  readonly scope: string
  /** The address of the GraphQL API. */
  readonly graphql: string
  /** Where the service with the notes is. */
  readonly notes: string
}

const types: Record<string, string> = {
  'index.html': 'text/html; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
  'app.js': 'text/javascript; charset=utf-8',
  'session.js': 'text/javascript; charset=utf-8',
  'gateway.js': 'text/javascript; charset=utf-8',
  'notes.js': 'text/javascript; charset=utf-8',
}

/** The files of the page and what it has to know: no server of this application ever sees a token. */
export function createPageServer(config: PageConfig): RequestListener {
  const origins = [config.issuer, config.graphql, config.notes].map(url => new URL(url).origin)
  const calls = [...new Set(origins)].join(' ')
  const headers = {
    // What runs is in these files, and what it knows goes to these places.
    'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ${calls}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  }
  return async (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?')
    const name = path === '/' ? 'index.html' : path.slice(1)
    if (name === 'config.json') {
      response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(config))
      return
    }
    const type = types[name]
    if (type === undefined) {
      response.writeHead(404, headers).end()
      return
    }
    const file = await readFile(fileURLToPath(new URL(`page/${name}`, import.meta.url)))
    response.writeHead(200, { ...headers, 'content-type': type }).end(file)
  }
}
