import { createHash } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { ask } from '../http/requests.ts'
import { invite } from '../invitations/offers.ts'
import { deployment, production } from '../kit/deployment.ts'
import { newestToken } from '../kit/mail.ts'
import { type World, world } from '../kit/world.ts'

const partOf = (html: string, tag: string) => new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html)?.[1] ?? ''
const sourceOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

interface Element {
  textContent: string
  hidden: boolean
  src?: string
  addEventListener(): void
}

/** What the page's elements say once its script has run, with this address and nothing else of a browser. */
async function shown(w: World, hash: string) {
  const { text } = await ask(w.app, '/invitation')
  const elements: Record<string, Element> = {}
  const requests: unknown[] = []
  const answered = Promise.withResolvers<void>()
  const context = {
    URLSearchParams,
    Date,
    location: { hash, search: '', origin: 'http://tenantry.test', pathname: '/invitation' },
    addEventListener: () => {},
    document: {
      title: '',
      getElementById: (id: string) => (elements[id] ??= { textContent: '', hidden: true, addEventListener: () => {} }),
    },
    fetch: async (path: string, init: RequestInit) => {
      requests.push([path, init.method, Object.keys(init)])
      const response = await w.app.fetch(new Request(`http://tenantry.test${path}`, init))
      setTimeout(answered.resolve, 50)
      return response
    },
  }
  runInNewContext(partOf(text, 'script'), context)
  await answered.promise
  return { elements, requests, title: context.document.title }
}

test('the page of an invitation allows its own script and style, its own server, and the logo; and leaves no trace', async () => {
  const { app } = await world()
  const { status, headers, text } = await ask(app, '/invitation')
  expect(status).toBe(200)
  expect(headers.get('content-security-policy')).toBe(
    `default-src 'none'; style-src ${sourceOf(partOf(text, 'style'))}; script-src ${sourceOf(partOf(text, 'script'))}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'; img-src https:`,
  )
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(text).not.toMatch(/\son\w+=|javascript:|innerHTML/)
})

test('it shows the offer and how to accept it, whatever the names hold', async () => {
  const w = await world({ isolated: true })
  const evil = await w.organization(w.owner, { name: '<img src=x onerror=alert(1)>' })
  await invite(w.owner, evil, 'ada@people.test')
  const token = await newestToken(w, 'ada@people.test')
  const { elements, requests, title } = await shown(w, `#token=${token}`)
  expect(title).toBe('Join <img src=x onerror=alert(1)>')
  expect(elements).toMatchObject({
    organizationName: { textContent: '<img src=x onerror=alert(1)>' },
    roleNames: { textContent: 'Member' },
    maskedEmail: { textContent: 'a***@people.test' },
    offer: { hidden: false },
    how: { hidden: false },
  })
  expect(elements.mutation?.textContent).toContain(`token: "${token}"`)
  expect(requests).toEqual([['/graphql', 'POST', ['method', 'headers', 'body']]])
})

test('in production it signs nobody in: that is for the product to do', async () => {
  const { app } = await deployment(production)
  const { status, text } = await ask(app, '/invitation')
  expect(status).toBe(200)
  expect(text).not.toContain('Sign in to answer')
  expect(text).not.toContain('code_challenge')
})

test.each(['', '#token=', '#token=nope', '#other=x'])('with %j it says that the link is not valid', async hash => {
  const w = await world()
  const { elements } = await shown(w, hash)
  expect(elements.status?.textContent).toBe('This link is not valid, or a newer one was sent.')
  expect(elements.offer?.hidden ?? true).toBe(true)
})
