import { buffer } from 'node:stream/consumers'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { customFetch, discovery } from 'openid-client'
import { describe, expect, it } from 'vitest'
import { createFetchOutside, type FetchOutside, type OutsideInit } from '../../src/sso/fetch/fetch-outside.ts'
import { OutsideRequestError } from '../../src/sso/fetch/outside-request-error.ts'
import { isPublicAddress } from '../../src/sso/fetch/public-address.ts'
import { keyPair } from '../kit/certificates.ts'
import { host, otherPublicAddress, outside, privateAddress, publicAddress, secureServer } from '../kit/outside.ts'

async function outcome(fetchOutside: FetchOutside, url: string, init?: OutsideInit): Promise<string> {
  try {
    return await (await fetchOutside(url, init)).text()
  } catch (error) {
    if (error instanceof OutsideRequestError) return error.reason
    throw error
  }
}

/** A server that counts the requests to it. */
async function counting(address: string, port = 0) {
  const seen: string[] = []
  const bound = await secureServer(
    address,
    (request, response) => {
      seen.push(request.url ?? '')
      response.end('inside')
    },
    port,
  )
  return { seen, port: bound }
}

/** A server that redirects, by path, and answers `here` otherwise with the headers that it got. */
async function redirecting(to: Record<string, string>, status = 302) {
  return secureServer(publicAddress, (request, response) => {
    const location = to[request.url ?? '']
    if (location !== undefined) response.writeHead(status, { location }).end('moved')
    else response.end(`here ${request.method} ${request.headers.authorization ?? 'nobody'}`)
  })
}

describe('a request to an address that a tenant gave (SSO-7)', () => {
  it('is answered as by fetch, with status, headers and a decompressed body', async () => {
    const port = await secureServer(publicAddress, async (request, response) => {
      const sent = (await buffer(request)).toString()
      response.writeHead(201, { 'content-encoding': 'gzip', 'content-type': 'text/plain', 'x-own': 'yes' })
      response.end(gzipSync(`${request.method} ${request.headers['content-type']} ${sent}`))
    })
    const { fetchOutside } = await outside()
    const response = await fetchOutside(`https://${host}:${port}/token`, {
      method: 'POST',
      body: new URLSearchParams({ a: 'b' }),
    })
    expect(response.status).toBe(201)
    expect(response.url).toBe(`https://${host}:${port}/token`)
    expect(response.headers.get('x-own')).toBe('yes')
    expect(response.headers.get('content-encoding')).toBeNull()
    expect(await response.text()).toBe('POST application/x-www-form-urlencoded;charset=UTF-8 a=b')
  })

  it('serves openid-client as its fetch', async () => {
    const port: number = await secureServer(publicAddress, (_, response) => {
      const issuer = `https://${host}:${port}`
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({ issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` }),
      )
    })
    const { fetchOutside } = await outside()
    const options = { [customFetch]: fetchOutside }
    const found = await discovery(new URL(`https://${host}:${port}`), 'client', undefined, undefined, options)
    expect(found.serverMetadata().token_endpoint).toBe(`https://${host}:${port}/token`)
    await expect(
      discovery(new URL('https://127.0.0.1'), 'client', undefined, undefined, options),
    ).rejects.toMatchObject({
      cause: { reason: 'HOST_NOT_PUBLIC' },
    })
  })

  it('carries a text or a form, and nothing else', async () => {
    const { fetchOutside } = await outside()
    await expect(fetchOutside(`https://${host}`, { method: 'POST', body: new Uint8Array(1) })).rejects.toThrow(
      TypeError,
    )
  })

  it('may have an answer without a body', async () => {
    const port = await secureServer(publicAddress, (_, response) => response.writeHead(204).end())
    const { fetchOutside } = await outside()
    expect((await fetchOutside(`https://${host}:${port}`)).status).toBe(204)
  })

  it.each([
    ['nothing', 'URL_INVALID'],
    ['/relative', 'URL_INVALID'],
    [`http://${host}`, 'NOT_HTTPS'],
    ['file:///etc/passwd', 'NOT_HTTPS'],
    ['data:text/plain,x', 'NOT_HTTPS'],
    [`https://user@${host}`, 'CREDENTIALS_IN_URL'],
    [`https://:secret@${host}`, 'CREDENTIALS_IN_URL'],
    [`https://${host}:22`, 'PORT_NOT_ALLOWED'],
    [`https://${host}:80`, 'PORT_NOT_ALLOWED'],
    ['https://127.0.0.1', 'HOST_NOT_PUBLIC'],
    ['https://2130706433', 'HOST_NOT_PUBLIC'],
    ['https://0x7f.1', 'HOST_NOT_PUBLIC'],
    ['https://0177.0.0.1', 'HOST_NOT_PUBLIC'],
    ['https://127.1', 'HOST_NOT_PUBLIC'],
    ['https://0', 'HOST_NOT_PUBLIC'],
    ['https://①②⑦.0.0.1', 'HOST_NOT_PUBLIC'],
    ['https://169.254.169.254/latest/meta-data', 'HOST_NOT_PUBLIC'],
    ['https://[::1]', 'HOST_NOT_PUBLIC'],
    ['https://[::ffff:127.0.0.1]', 'HOST_NOT_PUBLIC'],
    ['https://[::ffff:7f00:1]', 'HOST_NOT_PUBLIC'],
    ['https://[64:ff9b::7f00:1]', 'HOST_NOT_PUBLIC'],
    ['https://localhost', 'HOST_NOT_PUBLIC'],
    ['https://unknown.example', 'HOST_NOT_PUBLIC'],
  ])('%s: %s', async (url, reason) => {
    expect(await outcome((await outside()).fetchOutside, url)).toBe(reason)
  })

  it('says the same of a name that nobody knows, of one in our network, and of a broken name server', async () => {
    const { dns, fetchOutside } = await outside()
    dns.addresses.set('inside.example', () => ['10.0.0.1'])
    const messages = new Set<string>()
    for (const name of ['unknown.example', 'inside.example', 'broken.example']) {
      dns.isBroken = name === 'broken.example'
      messages.add(await fetchOutside(`https://${name}`).then(String, String))
    }
    expect([...messages]).toHaveLength(1)
    expect([...messages][0]).toContain('no public IP address')
  })

  it('trusts no certificate of another name, nor one that nobody vouches for', async () => {
    const wrong = await secureServer(
      publicAddress,
      (_, response) => response.end('x'),
      0,
      await keyPair('other.example'),
    )
    const right = await secureServer(publicAddress, (_, response) => response.end('x'))
    const { dns, fetchOutside } = await outside()
    expect(await outcome(fetchOutside, `https://${host}:${wrong}`)).toBe('CERTIFICATE_NOT_TRUSTED')
    dns.addresses.set('alias.example', () => [publicAddress])
    expect(await outcome(fetchOutside, `https://alias.example:${right}`)).toBe('CERTIFICATE_NOT_TRUSTED')
  })

  it('tells no more of a closed port than that there is no answer', async () => {
    expect(await outcome((await outside()).fetchOutside, `https://${host}:1024`)).toBe('NO_ANSWER')
  })

  it('is not public without the exception that the tests make', async () => {
    const { seen, port } = await counting(publicAddress)
    const { fetchOutside } = await outside({ allow: [] })
    expect(await outcome(fetchOutside, `https://${host}:${port}`)).toBe('HOST_NOT_PUBLIC')
    expect(await outcome(createFetchOutside(), `https://127.0.0.1:${port}`)).toBe('HOST_NOT_PUBLIC')
    expect(seen).toEqual([])
  })
})

describe('names that lead inside', () => {
  it('asks once for a connection, so that a second answer changes nothing (DNS rebinding)', async () => {
    const port = await secureServer(publicAddress, (_, response) => response.end('outside'))
    const { seen } = await counting(privateAddress, port)
    const { dns, fetchOutside } = await outside()
    const answers = [publicAddress]
    dns.addresses.set(host, () => [answers.shift() ?? privateAddress])
    // One list of addresses for the question for IPv4, one for that for IPv6.
    answers.push(publicAddress)
    expect(await outcome(fetchOutside, `https://${host}:${port}`)).toBe('outside')
    expect(dns.asked).toEqual([host, host])
    expect(await outcome(fetchOutside, `https://${host}:${port}`)).toBe('HOST_NOT_PUBLIC')
    expect(seen).toEqual([])
  })

  it.each([
    ['a private address beside a public one', [publicAddress, privateAddress]],
    ['the same the other way around', [privateAddress, publicAddress]],
    ['a private IPv6 address beside a public IPv4 address', [publicAddress, '::1']],
    ['an IPv4 address in an IPv6 one', ['::ffff:7f00:1']],
  ])('refuses a name with %s', async (_, addresses) => {
    const { seen, port } = await counting(privateAddress)
    const { dns, fetchOutside } = await outside()
    dns.addresses.set(host, () => addresses)
    expect(await outcome(fetchOutside, `https://${host}:${port}`)).toBe('HOST_NOT_PUBLIC')
    expect(seen).toEqual([])
  })
})

describe('redirects', () => {
  it('are followed three times', async () => {
    const port = await redirecting({ '/1': '/2', '/2': '/3', '/3': '/4', '/0': '/1' })
    const { fetchOutside } = await outside()
    expect(await outcome(fetchOutside, `https://${host}:${port}/1`)).toBe('here GET nobody')
    expect(await outcome(fetchOutside, `https://${host}:${port}/0`)).toBe('TOO_MANY_REDIRECTS')
  })

  it('lead neither inside, nor to http, nor to another port, nor to credentials', async () => {
    const inside = await counting(privateAddress)
    const { dns, fetchOutside } = await outside()
    dns.addresses.set('inside.example', () => [privateAddress])
    const port = await redirecting({
      '/address': `https://127.0.0.1:${inside.port}/`,
      '/name': `https://inside.example:${inside.port}/`,
      '/http': `http://${host}/`,
      '/port': `https://${host}:25/`,
      '/credentials': `https://a:b@${host}/`,
      '/nowhere': 'https://',
    })
    const found: Record<string, string> = {}
    for (const path of ['address', 'name', 'http', 'port', 'credentials', 'nowhere'])
      found[path] = await outcome(fetchOutside, `https://${host}:${port}/${path}`)
    expect(found).toEqual({
      address: 'HOST_NOT_PUBLIC',
      name: 'HOST_NOT_PUBLIC',
      http: 'NOT_HTTPS',
      port: 'PORT_NOT_ALLOWED',
      credentials: 'CREDENTIALS_IN_URL',
      nowhere: 'URL_INVALID',
    })
    expect(inside.seen).toEqual([])
  })

  it.each([301, 302, 303, 307, 308])('are not followed with a body: %s', async status => {
    const port = await redirecting({ '/token': '/elsewhere' }, status)
    const init = { method: 'POST', body: 'client_secret=s' }
    expect(await outcome((await outside()).fetchOutside, `https://${host}:${port}/token`, init)).toBe(
      'REDIRECT_REFUSED',
    )
  })

  it('take the authorization along to the same origin, and to no other', async () => {
    const { dns, fetchOutside } = await outside()
    dns.addresses.set('idp.example', () => [publicAddress, otherPublicAddress])
    const other = await redirecting({})
    const port = await redirecting({ '/same': '/here', '/other': `https://${host}:${other}/` })
    const init = { headers: { authorization: 'Bearer secret' } }
    dns.addresses.set(host, () => [publicAddress])
    expect(await outcome(fetchOutside, `https://${host}:${port}/same`, init)).toBe('here GET Bearer secret')
    expect(await outcome(fetchOutside, `https://${host}:${port}/other`, init)).toBe('here GET nobody')
  })

  it('are handed over or refused where the caller wants that', async () => {
    const port = await redirecting({ '/1': '/2' })
    const { fetchOutside } = await outside()
    const url = `https://${host}:${port}/1`
    expect((await fetchOutside(url, { redirect: 'manual' })).status).toBe(302)
    expect(await outcome(fetchOutside, url, { redirect: 'error' })).toBe('REDIRECT_REFUSED')
  })
})

describe('limits of time and size', () => {
  it.each([
    ['plain', (bytes: Buffer) => bytes, {}],
    ['in gzip', gzipSync, { 'content-encoding': 'gzip' }],
    ['in Brotli', brotliCompressSync, { 'content-encoding': 'br' }],
    ['in gzip in gzip', (bytes: Buffer) => gzipSync(gzipSync(bytes)), { 'content-encoding': 'gzip, gzip' }],
  ])('a body of 100 MB is not read to its end: %s', async (_, compress, headers) => {
    const body = compress(Buffer.alloc(100 * 2 ** 20))
    const port = await secureServer(publicAddress, (__, response) => response.writeHead(200, headers).end(body))
    expect(await outcome((await outside()).fetchOutside, `https://${host}:${port}`)).toBe('TOO_LARGE')
  })

  it('a body may be as large as the limit, and no larger', async () => {
    const port = await secureServer(publicAddress, (request, response) =>
      response.end('x'.repeat(Number(request.url?.slice(1)))),
    )
    const { fetchOutside } = await outside({ maxBytes: 1000 })
    expect(await outcome(fetchOutside, `https://${host}:${port}/1000`)).toHaveLength(1000)
    expect(await outcome(fetchOutside, `https://${host}:${port}/1001`)).toBe('TOO_LARGE')
  })

  it.each([
    ['an answer that never comes', false],
    ['a body that never ends', true],
  ])('%s is given up', async (_, isBegun) => {
    const port = await secureServer(publicAddress, (__, response) => {
      if (isBegun) response.writeHead(200).write('{')
    })
    const { fetchOutside } = await outside({ timeoutMs: 300 })
    expect(await outcome(fetchOutside, `https://${host}:${port}`)).toBe('TIMED_OUT')
  })

  it('ends with the caller', async () => {
    const port = await secureServer(publicAddress, () => {})
    const { fetchOutside } = await outside()
    const signal = AbortSignal.timeout(100)
    await expect(fetchOutside(`https://${host}:${port}`, { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it.each([
    ['a body that is not compressed as it says', { 'content-encoding': 'gzip' }],
    ['headers of 100 KB', { 'x-long': 'x'.repeat(100_000) }],
  ])('%s is no answer', async (_, headers) => {
    const port = await secureServer(publicAddress, (__, response) => response.writeHead(200, headers).end('plain'))
    expect(await outcome((await outside()).fetchOutside, `https://${host}:${port}`)).toBe('NO_ANSWER')
  })
})

it.each([
  ['0.1.2.3', 'this network'],
  ['10.1.2.3', 'private'],
  ['100.64.0.1', 'carrier-grade NAT'],
  ['100.100.100.200', 'metadata of Alibaba Cloud'],
  ['127.255.255.254', 'loopback'],
  ['168.63.129.16', 'metadata of Azure'],
  ['169.254.169.254', 'metadata of most clouds'],
  ['172.31.255.255', 'private'],
  ['192.0.0.192', 'metadata of Oracle Cloud'],
  ['192.0.2.1', 'documentation'],
  ['192.88.99.1', '6to4 relays'],
  ['192.168.0.1', 'private'],
  ['198.18.0.1', 'benchmarking'],
  ['198.51.100.1', 'documentation'],
  ['203.0.113.1', 'documentation'],
  ['224.0.0.1', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['::8.8.8.8', 'IPv4-compatible'],
  ['::ffff:8.8.8.8', 'IPv4-mapped'],
  ['64:ff9b::808:808', 'NAT64'],
  ['64:ff9b:1::1', 'NAT64 of a network'],
  ['100::1', 'discard'],
  ['2001::1', 'Teredo'],
  ['2001:2::1', 'benchmarking'],
  ['2001:10::1', 'ORCHID'],
  ['2001:db8::1', 'documentation'],
  ['2002:7f00:1::1', '6to4'],
  ['3fff::1', 'documentation'],
  ['5f00::1', 'segment routing'],
  ['fc00::1', 'unique local'],
  ['fd00:ec2::254', 'metadata of AWS'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local with a zone'],
  ['fec0::1', 'site-local'],
  ['ff02::1', 'multicast'],
  ['example.com', 'no address'],
])('%s is not public: %s', address => {
  expect(isPublicAddress(address)).toBe(false)
})

it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
  '%s is public',
  address => {
    expect(isPublicAddress(address)).toBe(true)
  },
)
