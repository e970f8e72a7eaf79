import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import type { TrustedIssuer } from '../config-values.ts'
import { RequestError } from '../errors.ts'

export interface KeyOptions {
  clock: () => Date
  fetch?: typeof fetch
  /** Told why an issuer's keys could not be fetched, once per attempt; clients are told only that. */
  onKeysUnavailable?: (issuer: string, cause: unknown) => void
}

/** A key that its issuer withdraws works here for at most this and the time a verified token is cached: five minutes. */
const KEYS_SECONDS = 180
/** However many tokens ask for an unknown key or an unreachable issuer, one fetch is tried in this time. */
const REFETCH_SECONDS = 10
const FETCH_MILLISECONDS = 5_000
const MAX_DOCUMENT_BYTES = 262_144

/** The keys that an issuer publishes. Only the configuration and its discovery document say where, never a token. */
export function publishedKeys(issuer: TrustedIssuer, options: KeyOptions): JWTVerifyGetKey {
  let keys: JWTVerifyGetKey | undefined
  let address = issuer.jwksUri
  let fetchedAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let hasFailed = false
  let underWay: Promise<void> | undefined
  const isWithin = (duration: number, since: number) => isRecent(since, duration, seconds(options.clock()))

  async function fetchKeys(): Promise<void> {
    triedAt = seconds(options.clock())
    try {
      address ??= await discoverKeys(issuer.issuer, options.fetch)
      keys = createLocalJWKSet((await fetchJson(address, options.fetch)) as JSONWebKeySet)
      fetchedAt = triedAt
      hasFailed = false
    } catch (cause) {
      hasFailed = true
      address = issuer.jwksUri
      options.onKeysUnavailable?.(issuer.issuer, cause)
    } finally {
      underWay = undefined
    }
  }

  async function refresh(): Promise<void> {
    if (!isWithin(REFETCH_SECONDS, triedAt)) underWay ??= fetchKeys()
    await underWay
  }

  return async (header, token) => {
    if (!isWithin(KEYS_SECONDS, fetchedAt)) await refresh()
    // Ahead of time and in the background: nobody waits for it, and a short outage of the issuer goes unnoticed.
    else if (!isWithin(KEYS_SECONDS / 2, fetchedAt)) void refresh()
    if (keys === undefined || !isWithin(KEYS_SECONDS, fetchedAt)) throw unreachable(issuer.issuer)
    try {
      return await keys(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      address = issuer.jwksUri
      await refresh()
      if (hasFailed) throw unreachable(issuer.issuer)
      return keys(header, token)
    }
  }
}

/** OpenID Connect Discovery, section 4.3: the document must name the very issuer it was asked for. */
async function discoverKeys(issuer: string, send?: typeof fetch): Promise<string> {
  const document = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, send)
  const found = z.object({ issuer: z.string(), jwks_uri: z.url() }).parse(document)
  if (found.issuer !== issuer) throw new Error(`The discovery document names the issuer ${quoted(found.issuer)}.`)
  if (issuer.startsWith('https:') && !found.jwks_uri.startsWith('https:'))
    throw new Error(`The discovery document names keys without https: ${quoted(found.jwks_uri)}.`)
  return found.jwks_uri
}

async function fetchJson(url: string, send: typeof fetch = fetch): Promise<unknown> {
  const signal = AbortSignal.timeout(FETCH_MILLISECONDS)
  const response = await send(url, { redirect: 'manual', signal, headers: { accept: 'application/json' } })
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_DOCUMENT_BYTES) throw new Error(`${url} answered with more than ${MAX_DOCUMENT_BYTES} bytes.`)
    chunks.push(chunk)
  }
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}.`)
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

const unreachable = (issuer: string) =>
  refused(
    `The gateway cannot reach the keys of issuer ${quoted(issuer)}, so it cannot verify the token; try again soon.`,
  )
export const refused = (message: string) => new RequestError('UNAUTHENTICATED', message)
// Claims may be anything: `String({ "toString": 1 })` throws.
export const quoted = (value: unknown) => (typeof value === 'string' ? JSON.stringify(value.slice(0, 200)) : '(none)')
export const seconds = (date: Date) => Math.floor(date.getTime() / 1000)
/** False for the future, too: a clock that was set back must not prolong anything. */
export const isRecent = (since: number, duration: number, now: number) => now >= since && now - since < duration
