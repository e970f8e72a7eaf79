import { Resolver } from 'node:dns/promises'
import { Agent, type Response as Answer, fetch, type RequestInit } from 'undici'
import { type AddressResolver, checkedLookUp } from './checked-look-up.ts'
import { checkedUrl } from './checked-url.ts'
import { OutsideRequestError } from './outside-request-error.ts'
import { isPublicAddress, isWithin } from './public-address.ts'

export interface FetchOutsideOptions {
  /** Who is asked for the addresses of a host; the name servers of the machine if nobody is given. */
  readonly resolver?: AddressResolver
  /** Networks (`127.0.0.1/32`) that may be reached although they are not public: for development and tests. */
  readonly allow?: readonly string[]
  /** Certificates (PEM) that are trusted in place of the usual authorities: for development and tests. */
  readonly ca?: string
  /** How long a request may take in all, with its redirects and its body. 10 seconds unless given. */
  readonly timeoutMs?: number
  /** How large a body may be once it is decompressed. 1 MiB unless given. */
  readonly maxBytes?: number
}

/** What of `fetch` is understood. */
export interface OutsideInit {
  readonly method?: string
  readonly headers?: HeadersInit
  /** A text or a form: nothing else is ever sent out. */
  readonly body?: unknown
  readonly redirect?: 'follow' | 'manual' | 'error'
  readonly signal?: AbortSignal | null | undefined
}

export type FetchOutside = (url: string | URL, init?: OutsideInit) => Promise<Response>

const MOST_REDIRECTS = 3
const redirects = new Set([301, 302, 303, 307, 308])
const withoutBody = new Set([204, 205, 304])
/** Meant for the origin that they were made for, and no other. */
const privateHeaders = ['authorization', 'proxy-authorization', 'cookie']

/**
 * A `fetch` for addresses that a tenant gave (SSO-7): https to public addresses alone, checked when the connection is
 * made and again for each redirect, with limits of time and size. Each call has its own connections: nobody's are left
 * open, and none is used for another tenant. What goes wrong is an OutsideRequestError.
 */
export function createFetchOutside(options: FetchOutsideOptions = {}): FetchOutside {
  const { resolver = new Resolver({ timeout: 2000, tries: 2 }), allow = [], ca } = options
  const { timeoutMs = 10_000, maxBytes = 2 ** 20 } = options
  const isExcepted = isWithin(allow)
  const isAllowed = (address: string) => isPublicAddress(address) || isExcepted(address)
  const lookup = checkedLookUp(resolver, isAllowed)
  return async (url, init = {}) => {
    const body = textOrForm(init.body)
    const agent = new Agent({ allowH2: false, connect: { lookup, ...(ca === undefined ? {} : { ca }) } })
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = init.signal ? AbortSignal.any([timeout, init.signal]) : timeout
    try {
      const answer = await follow(checkedUrl(String(url), isAllowed), { ...init, body }, { agent, signal, isAllowed })
      return await readWhole(answer, maxBytes)
    } catch (error) {
      if (init.signal?.aborted) throw init.signal.reason
      throw timeout.aborted ? new OutsideRequestError('TIMED_OUT') : told(error)
    } finally {
      await agent.destroy()
    }
  }
}

interface Way {
  readonly agent: Agent
  readonly signal: AbortSignal
  readonly isAllowed: (address: string) => boolean
}

interface Sent extends OutsideInit {
  readonly body: string | URLSearchParams | null
}

async function follow(start: URL, init: Sent, { agent, signal, isAllowed }: Way): Promise<Answer> {
  const { method = 'GET', redirect = 'follow', body } = init
  const headers = new Headers(init.headers)
  let url = start
  for (let hops = 0; ; hops++) {
    const sent: RequestInit = { method, headers: [...headers], body, redirect: 'manual', dispatcher: agent, signal }
    const answer = await fetch(url, sent)
    const location = answer.headers.get('location')
    if (!redirects.has(answer.status) || location === null || redirect === 'manual') return answer
    await answer.body?.cancel()
    // What a request carries beyond its address was meant for the server that was asked.
    if (redirect === 'error' || (method !== 'GET' && method !== 'HEAD'))
      throw new OutsideRequestError('REDIRECT_REFUSED')
    if (hops === MOST_REDIRECTS) throw new OutsideRequestError('TOO_MANY_REDIRECTS')
    const next = checkedUrl(URL.parse(location, url)?.href ?? '', isAllowed)
    if (next.origin !== url.origin) for (const name of privateHeaders) headers.delete(name)
    url = next
  }
}

function textOrForm(body: unknown): string | URLSearchParams | null {
  if (body === undefined || body === null) return null
  if (typeof body === 'string' || body instanceof URLSearchParams) return body
  throw new TypeError('A request to an outside address carries a text or a form.')
}

/** The answer with its whole body, which is counted as it comes out of the decompression: a bomb is never held. */
async function readWhole(answer: Answer, maxBytes: number): Promise<Response> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of answer.body ?? []) {
    size += part.byteLength
    if (size > maxBytes) throw new OutsideRequestError('TOO_LARGE')
    parts.push(part)
  }
  const { status, statusText } = answer
  const headers = new Headers([...answer.headers])
  // They were true of the body as it came over the wire.
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name)
  const whole = new Response(withoutBody.has(status) ? null : Buffer.concat(parts), { status, statusText, headers })
  Object.defineProperty(whole, 'url', { value: answer.url })
  return whole
}

const certificateCodes = /^(?:ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET|VERIFY)_|HOSTNAME_MISMATCH)/

/** Of what failed below, only what the tenant could see from outside as well. */
function told(error: unknown): OutsideRequestError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof OutsideRequestError) return cause
    if ('code' in cause && certificateCodes.test(String(cause.code)))
      return new OutsideRequestError('CERTIFICATE_NOT_TRUSTED', { cause: error })
  }
  return new OutsideRequestError('NO_ANSWER', { cause: error })
}
