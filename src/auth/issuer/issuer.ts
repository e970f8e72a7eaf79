import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import type Provider from 'oidc-provider'
import { clientAddress } from '../../client-address.ts'
import type { Config } from '../../config.ts'
import type { Services } from '../../context.ts'
import { every } from '../../every.ts'
import type { Log } from '../../log.ts'
import { purgeAssertionUses } from '../../sso/assertion-use.ts'
import { purgeSsoStarts } from '../../sso/start-limit.ts'
import { purgeSsoSignIns } from '../../sso/started.ts'
import type { Caller } from '../actor.ts'
import { isRecent, seconds } from '../issuer-keys.ts'
import { ownIssuer } from '../own-issuer.ts'
import { purgeRecords } from './adapter.ts'
import { answerInteraction, isInteraction } from './interactions.ts'
import { answerAccount } from './passkeys/account-address.ts'
import { purgeChallenges } from './passkeys/challenges.ts'
import { createProvider } from './provider.ts'
import type { DeriveKey } from './secret.ts'
import { answerSetup, setupIn } from './setup/setup-door.ts'
import { purgeCodes } from './sign-in-codes.ts'
import { readSigningKeys, type SigningKeyPair } from './signing-keys.ts'
import { answerDoor, doorIn } from './sso-doors.ts'
import { localeOf } from './texts/locales.ts'

/** The issuer of our own. */
export interface BuiltInIssuer {
  readonly issuer: string
  /** What `aud` of its tokens for the gateway is. */
  readonly audience: string
  readonly algorithms: ['ES256']
  /** The key that signed a token of its own. */
  readonly keys: JWTVerifyGetKey
  jwks(): Promise<JSONWebKeySet>
  /** Answers requests below its path; false for all others. */
  handle(request: IncomingMessage, response: ServerResponse): boolean
  close(): Promise<void>
}

interface Parts {
  readonly services: Services
  readonly derive: DeriveKey
  readonly log: Log
  /** Who a bearer token says is calling. */
  readonly authenticate: (authorization: string) => Promise<Caller | null>
}

/** For how long the keys that were read last are those there are: far less than they are known ahead. */
const KEYS_SECONDS = 30
/** However many tokens name an unknown key, it is looked for once in this time. */
const REFETCH_SECONDS = 10
const PURGE_MILLISECONDS = 600_000

export async function openIssuer({ services, derive, log, authenticate }: Parts): Promise<BuiltInIssuer> {
  const { config, pool, clock } = services
  const run = async <Row>(sql: string, values: readonly unknown[]) => (await pool.query(sql, [...values])).rows as Row[]
  const onError = (error: unknown) => log('error', 'the issuer failed', { cause: String(error) })
  let current: Current | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  let underWay: Promise<Current> | undefined

  /** Another provider as soon as the keys, or the one that signs, are others. */
  async function look(): Promise<Current> {
    lookedAt = seconds(clock())
    const pairs = await readSigningKeys(run, derive, clock())
    if (current !== undefined && kidsOf(pairs) === kidsOf(current.pairs)) return current
    const provider = createProvider({ services, derive, keys: pairs, keyOf, authenticate, onError })
    current = { pairs, provider, answer: provider.callback() }
    return current
  }

  /** The keys as they are now, made by whichever server; those of before while the database is away. */
  async function fresh(within = KEYS_SECONDS): Promise<Current> {
    if (current !== undefined && isRecent(lookedAt, within, seconds(clock()))) return current
    underWay ??= look().finally(() => {
      underWay = undefined
    })
    return underWay.catch(error => {
      if (current === undefined) throw error
      onError(error)
      return current
    })
  }

  async function keyOf(...[header, token]: Parameters<JWTVerifyGetKey>) {
    try {
      return await createLocalJWKSet(publicKeys(await fresh()))(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      return createLocalJWKSet(publicKeys(await fresh(REFETCH_SECONDS)))(header, token)
    }
  }

  await fresh()
  const purge = () =>
    Promise.all(
      [purgeRecords, purgeCodes, purgeChallenges, purgeSsoSignIns, purgeSsoStarts, purgeAssertionUses].map(purged =>
        purged(services),
      ),
    )
  const purging = every(PURGE_MILLISECONDS, purge, onError)

  async function answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { provider, answer: callback } = await fresh()
    if (isInteraction(path)) return answerInteraction({ services, derive, provider, log }, request, response, path)
    const locale = localeOf(undefined, request.headers['accept-language'])
    if (answerAccount(config, response, { path, locale })) return
    await callback(request, response)
  }

  /** Who answers at this address, and how the log names it where the address itself is none of its business. */
  function answerFor(request: IncomingMessage, response: ServerResponse) {
    const url = request.url ?? '/'
    const at = doorIn(url)
    if (at !== null)
      return { named: `/sso/…/${at.door}`, answer: () => answerDoor(services, derive, request, response, at) }
    const setup = setupIn(url)
    if (setup !== null)
      return {
        named: `/sso/setup/${setup.action}`,
        answer: () => answerSetup({ services, derive, request, response }, setup.action),
      }
    const path = ownPath(request, config)
    return path === null ? null : { named: null, answer: () => answer(request, response, path) }
  }

  return {
    ...ownIssuer(config),
    algorithms: ['ES256'],
    keys: keyOf,
    jwks: async () => publicKeys(await fresh()),
    handle(request, response) {
      const answering = answerFor(request, response)
      if (answering === null) return false
      logged(log, request, response, answering.named)
      const answered = answering.answer()
      answered.catch(error => {
        onError(error)
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
        response.end('Something went wrong. Try again.\n')
      })
      return true
    },
    close: () => purging.stop(),
  }
}

interface Current {
  readonly pairs: readonly SigningKeyPair[]
  readonly provider: Provider
  readonly answer: ReturnType<Provider['callback']>
}

const publicKeys = ({ pairs }: Current): JSONWebKeySet => ({ keys: pairs.map(one => one.publicJwk) })
const kidsOf = (pairs: readonly SigningKeyPair[]) => pairs.map(one => one.kid).join(' ')

/**
 * The path below the issuer's, and null for what is not the issuer's. The request is made to look as if it had come to
 * the public address: whatever it says of its host and protocol, no link and no cookie is made of it.
 */
function ownPath(request: IncomingMessage & { originalUrl?: string }, config: Config): string | null {
  const url = request.url ?? '/'
  if (!/^\/oidc(?:[/?]|$)/.test(url)) return null
  const { host, protocol } = new URL(config.publicUrl)
  request.originalUrl = url
  const rest = url.slice('/oidc'.length)
  request.url = rest.startsWith('/') ? rest : `/${rest}`
  // Of where it comes from, what is true.
  request.headers['x-forwarded-for'] = clientAddress(config, request) ?? ''
  Object.assign(request.headers, { host, 'x-forwarded-host': host, 'x-forwarded-proto': protocol.replace(':', '') })
  return request.url.split('?')[0] ?? '/'
}

/** A line a request, as the gateway's; without the query, which holds codes and hints. */
function logged(log: Log, request: IncomingMessage, response: ServerResponse, named: string | null): void {
  const requestId = randomUUID()
  const startedAt = performance.now()
  const { method, url = '' } = request
  response.setHeader('x-request-id', requestId)
  response.once('finish', () =>
    log('info', 'request', {
      ...{
        requestId,
        method,
        path: named ?? `/oidc${nameless(url.split('?')[0] ?? '')}`,
        status: response.statusCode,
      },
      milliseconds: Math.round((performance.now() - startedAt) * 10) / 10,
    }),
  )
}

/** The id of an interaction is in its path, and is nobody else's business. */
const nameless = (path: string) => path.replace(/^\/(interaction|auth)\/[\w-]+/, '/$1/…')
