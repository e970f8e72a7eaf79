/** What a browser shows: the page that it ended at, or the address outside that it was sent to. */
export interface Shown {
  readonly url: URL
  readonly status: number
  readonly html: string
  readonly headers: Headers
}

/** A browser without a screen and without JavaScript: it keeps cookies by path, follows redirects, and sends forms. */
export interface Browser {
  open(url: string | URL, options?: { headers?: Record<string, string> }): Promise<Shown>
  /** Sends the form of the page whose action ends like this, with its hidden fields and these. */
  submit(page: Shown, action: string, fields?: Record<string, string>): Promise<Shown>
  readonly cookies: Map<string, Cookie>
}
interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
  readonly attributes: string
}

interface Options {
  /** Where another origin is on loopback; null for one that is not there. */
  readonly reach?: (url: URL) => URL | null
  /** A redirect to such an address is not followed. */
  readonly stopsAt?: RegExp
}

/** Redirects to another origin end the way, unless it can be reached: the product is not there. */
export function createBrowser(origin: string, { reach = () => null, stopsAt }: Options = {}): Browser {
  const cookies = new Map<string, Cookie>()
  async function go(url: URL, init: RequestInit): Promise<Shown> {
    let [at, how] = [url, init]
    for (let hops = 0; hops < 12; hops++) {
      const headers = new Headers(how.headers)
      const sent = [...cookies.values()].filter(({ path }) => isWithin(at.pathname, path))
      if (sent.length > 0) headers.set('cookie', sent.map(({ name, value }) => `${name}=${value}`).join('; '))
      const response = await fetch(reach(at) ?? at, { ...how, headers, redirect: 'manual' })
      for (const line of response.headers.getSetCookie()) keep(cookies, line)
      const location = response.headers.get('location') ?? refreshOf(response.headers)
      const html = await response.text()
      if (location === null) return { url: at, status: response.status, html, headers: response.headers }
      at = new URL(location, at)
      if ((at.origin !== origin && reach(at) === null) || stopsAt?.test(at.href) === true)
        return { url: at, status: response.status, html: '', headers: response.headers }
      how = { headers: Object.fromEntries([...new Headers(init.headers)].filter(([name]) => name !== 'content-type')) }
    }
    throw new Error(`redirects without end, the last one to ${at}`)
  }
  return {
    cookies,
    open: (url, { headers = {} } = {}) => go(new URL(url, origin), { headers: { accept: 'text/html', ...headers } }),
    async submit(page, action, fields = {}) {
      const form = formOf(page.html, action)
      const to = new URL(form.action, page.url)
      return go(to, {
        method: 'POST',
        headers: {
          ...{ accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
          'sec-fetch-site': to.origin === page.url.origin ? 'same-origin' : 'cross-site',
        },
        body: new URLSearchParams({ ...form.hidden, ...fields }).toString(),
      })
    },
  }
}

const refreshOf = (headers: Headers) => /^0; url=(.+)$/.exec(headers.get('refresh') ?? '')?.[1] ?? null

function keep(cookies: Map<string, Cookie>, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map(part => part.trim())
  const at = pair.indexOf('=')
  const path = attributes.find(one => /^path=/i.test(one))?.slice('path='.length) ?? '/'
  const cookie = { name: pair.slice(0, at), value: pair.slice(at + 1), path, attributes: attributes.join('; ') }
  const isGone = cookie.value === '' || /expires=Thu, 01 Jan 1970/i.test(line)
  if (isGone) cookies.delete(`${cookie.name} ${path}`)
  else cookies.set(`${cookie.name} ${path}`, cookie)
}

const isWithin = (path: string, cookie: string) =>
  path === cookie || path.startsWith(cookie.endsWith('/') ? cookie : `${cookie}/`)

export function formOf(html: string, action: string): { action: string; hidden: Record<string, string> } {
  for (const [, attributes = '', inside = ''] of html.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)) {
    const target = attributeOf(attributes, 'action')
    if (!target.endsWith(action)) continue
    const inputs = [...inside.matchAll(/<input([^>]*)>/g)].map(([, found = '']) => found)
    const hidden = inputs.filter(one => one.includes('type="hidden"'))
    return {
      action: target,
      hidden: Object.fromEntries(hidden.map(one => [attributeOf(one, 'name'), attributeOf(one, 'value')])),
    }
  }
  throw new Error(`There is no form for ${action} in ${html}`)
}

const attributeOf = (text: string, name: string) =>
  (new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? '').replaceAll('&amp;', '&')
