import type { Plugin } from 'graphql-yoga'

/** GraphiQL is one document: its script and style stand in it, its workers are made by it, and it asks this server alone. */
const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'img-src data: https:',
  'font-src data:',
  "connect-src 'self'",
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers = {
  'content-security-policy': policy,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/**
 * Keeps the pages to those whom they are for. GraphiQL is shown in no frame, and asks nobody else. In development, where
 * its page has a token and the mailbox everybody's mail, they answer at a loopback address and at that of PUBLIC_URL
 * alone: any page could have a name of its own lead here, and read them (DNS rebinding).
 *
 * @param publicUrl in development; null in production, where the pages have nothing to tell
 */
export function usePageGuard(publicUrl: string | null): Plugin {
  return {
    onRequest({ request, url, endResponse, fetchAPI: { Response } }) {
      if (!isRefused(publicUrl, request, url)) return
      const body = `In development this page answers at a loopback address and at ${publicUrl} alone (PUBLIC_URL).\n`
      endResponse(new Response(body, { status: 421, headers: { 'content-type': 'text/plain; charset=utf-8' } }))
    },
    onResponse({ request, response }) {
      const isPage = isHtml(response.headers.get('content-type'))
      if (isPage && new URL(request.url).pathname === '/graphql')
        for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
    },
  }
}

/** Whether a page is asked for at another address than those of this machine and of `publicUrl`, where that matters. */
export function isRefused(publicUrl: string | null, request: Request, url = new URL(request.url)): boolean {
  if (publicUrl === null || !isPage(url, request)) return false
  return url.host !== new URL(publicUrl).host && !isLoopback(url.hostname)
}

const isHtml = (type: string | null) => type?.includes('text/html') === true

/** What a browser opens: GraphiQL, as Yoga decides it, and the mailbox. */
function isPage({ pathname }: URL, { method, headers }: Request): boolean {
  const isGraphiql = pathname === '/graphql' && method === 'GET' && isHtml(headers.get('accept'))
  return isGraphiql || /^\/mailbox(\/|$)/.test(pathname)
}

/** Names and addresses that lead nowhere but to the machine itself (RFC 6761, section 6.3). */
function isLoopback(hostname: string): boolean {
  return hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname) || /(^|\.)localhost$/.test(hostname)
}
