import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { readForm } from '../../src/auth/issuer/form.ts'
import { type KeyPair, keyPair } from '../kit/certificates.ts'
import type { Internet } from '../kit/identity-provider.ts'
import { openBrowser } from './browser.ts'

let browser: Browser
let net: Internet
const internetServer = createServer(await keyPair('internet.test').then(pemOf), (request, response) => {
  void answerFor(request, response)
})
beforeAll(async () => {
  internetServer.listen(0, '127.0.0.1')
  await once(internetServer, 'listening')
  const { port } = internetServer.address() as AddressInfo
  browser = await openBrowser([`--host-resolver-rules=MAP * 127.0.0.1:${port}, EXCLUDE 127.0.0.1`])
})
afterAll(async () => {
  await browser.close()
  internetServer.closeAllConnections()
  internetServer.close()
})

function pemOf({ privateKey, certificate }: KeyPair) {
  return { key: privateKey, cert: certificate }
}

/** Every https address of the browser: the providers are where the test has them, and all else is the product. */
async function answerFor(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const place = net.reach(new URL(request.url ?? '/', `https://${request.headers.host}`))
  if (place === null) {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>The product</h1>')
    return
  }
  const { cookie, 'content-type': type } = request.headers
  const answer = await fetch(place, {
    ...{ method: request.method ?? 'GET', redirect: 'manual' },
    headers: { ...(cookie !== undefined && { cookie }), ...(type !== undefined && { 'content-type': type }) },
    ...(request.method === 'POST' && { body: (await readForm(request, 100_000)).toString() }),
  })
  for (const [name, value] of answer.headers)
    if (/^(content-type|location)$/.test(name)) response.setHeader(name, value)
  response.setHeader('set-cookie', answer.headers.getSetCookie())
  response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()))
}

/** A page of a browser that was never here before, whose https addresses are those of this internet. */
export async function pageFor(internet: Internet, options: BrowserContextOptions = {}) {
  net = internet
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const failures: string[] = []
  page.on('console', message => message.type() === 'error' && failures.push(message.text()))
  page.on('pageerror', error => failures.push(String(error)))
  return { page, failures }
}
