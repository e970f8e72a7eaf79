import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { onTestFinished } from 'vitest'
import { createFetchOutside, type FetchOutsideOptions } from '../../src/sso/fetch/fetch-outside.ts'
import { keyPair } from './certificates.ts'
import { dnsServer } from './dns.ts'

/** In the tests, what is public: addresses of loopback that are not the one on which everything else listens. */
export const publicAddress = '127.0.0.2'
export const otherPublicAddress = '127.0.0.3'
export const privateAddress = '127.0.0.1'

export const host = 'idp.example'
const hostKey = await keyPair(host)

/** A web server with TLS on any address of loopback, on a port of its own or a given one; gone after the test. */
export async function secureServer(address: string, answer: RequestListener, port = 0, key = hostKey): Promise<number> {
  const server = createServer({ key: key.privateKey, cert: key.certificate }, answer).listen(port, address)
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  return bound.port
}

/** The function, with a DNS server of its own, trusting the certificate of `host`. */
export async function outside(options: FetchOutsideOptions = {}) {
  const dns = await dnsServer()
  dns.addresses.set(host, () => [publicAddress])
  const allow = [`${publicAddress}/32`, `${otherPublicAddress}/32`]
  const fetchOutside = createFetchOutside({ resolver: dns.resolver, allow, ca: hostKey.certificate, ...options })
  return { dns, fetchOutside }
}
