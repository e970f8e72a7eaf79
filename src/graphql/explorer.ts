import type { GraphiQLOptions } from 'graphql-yoga'
import { exampleIdsIn, idsQuery } from './example-ids.ts'
import { type Example, examples, ownExample } from './examples.ts'

/** The GraphiQL page, served from the package: it works without the internet. */
export interface Explorer {
  options(): Promise<Page>
  render(page: Page): Promise<string>
}

interface Page extends GraphiQLOptions {
  /** Where the browser keeps the tabs. */
  place?: string
}

type Ask = (request: Request) => Promise<Response>

/**
 * @param token for a demo person, filled into the headers; only ever given in development
 * @param ask answers a request: the examples' variables are ids of this very deployment
 */
export function createExplorer(token: (() => Promise<string>) | null, ask?: Ask): Explorer {
  const common: Page = {
    title: 'Tenantry',
    logo,
    favicon: `data:image/svg+xml,${encodeURIComponent(logo)}`,
    credentials: 'same-origin',
    // A token in the browser's storage would outlive its twelve hours, and come before the fresh one.
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: 'headers',
  }
  return {
    async options() {
      if (token === null) return { ...common, defaultTabs: [{ query: ownExample.query }] }
      const headers = { Authorization: `Bearer ${await token()}` }
      const ids = exampleIdsIn(ask === undefined ? null : await dataOf(ask, headers))
      const toTab = ({ query, variables }: Example) => ({ query, variables: variables ? pretty(variables(ids)) : null })
      // Ids that were kept from another deployment would find nothing in this one.
      return { ...common, place: ids.organizationId, headers: pretty(headers), defaultTabs: examples.map(toTab) }
    },
    async render({ place = '', ...options }) {
      // Nine megabytes, for those alone who open the page: not at every start.
      const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
      return renderGraphiQL(options).replace('</head>', () => `${style}${storage(place)}</head>`)
    },
  }
}

async function dataOf(ask: Ask, headers: Record<string, string>): Promise<unknown> {
  const request = new Request('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: idsQuery }),
  })
  const response = await ask(request)
  return ((await response.json()) as { data?: unknown }).data
}

const pretty = (value: object) => JSON.stringify(value, null, 2)

// The page moves a tab aside while it is pressed, so that the first click on it is lost.
const style = '<style>.graphiql-tab { transform: none !important }</style>'

/** Another program's GraphiQL at this address left its tabs and tokens, perhaps: they are neither taken nor touched. */
const storage = (place: string) => `<script>
  for (const name of ['getItem', 'setItem', 'removeItem']) {
    const original = Storage.prototype[name]
    Storage.prototype[name] = function (key, ...rest) {
      return original.call(this, key.replace(/^graphiql:(?!tenantry:)/, 'graphiql:tenantry:${place}:'), ...rest)
    }
  }
</script>`

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">
<rect width="32" height="32" rx="7" fill="#3b3fb6"/>
<path d="M7 9h18M11 9v15M21 9v15M11 16.5h10" stroke="#fff" stroke-width="3" stroke-linecap="round" fill="none"/>
</svg>`
