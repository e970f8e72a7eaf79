import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Services } from '../../../context.ts'
import { seal, unseal } from '../sealed.ts'
import type { DeriveKey } from '../secret.ts'

/** However long the link lasts: a browser that is left open does not keep it. */
const GOOD_MILLISECONDS = 8 * 3_600_000

/** A browser that came with a setup link. The link itself is not in it: who reads the cookie can pass nothing on. */
export interface SetupSession {
  /** By which the link is found. */
  readonly hash: string
  /** What every form of ours has in it, and no page from elsewhere knows. */
  readonly token: string
}

type At = Pick<Services, 'config' | 'clock'>

// With this prefix browsers take it over https alone, and no other host of the domain can set one in its place.
const nameOf = ({ config }: At) => (config.publicUrl.startsWith('https:') ? '__Host-tenantry-setup' : 'tenantry-setup')

/** The header that begins a session. */
export function sessionCookie(at: At, derive: DeriveKey, hash: string): string {
  const until = at.clock().getTime() + GOOD_MILLISECONDS
  const value = seal(JSON.stringify({ hash, until }), derive('setup sessions'))
  const secure = at.config.publicUrl.startsWith('https:') ? '; Secure' : ''
  return `${nameOf(at)}=${value}; Path=/; HttpOnly; SameSite=Strict${secure}`
}

/** The session of the browser that asks; null without one, and once its time is over. */
export function sessionIn(at: At, derive: DeriveKey, request: IncomingMessage): SetupSession | null {
  const name = nameOf(at)
  const pairs = (request.headers.cookie ?? '').split(';').map(pair => pair.trim())
  const value = pairs.find(pair => pair.startsWith(`${name}=`))?.slice(name.length + 1)
  const opened = value === undefined ? null : openValue(derive, value)
  if (value === undefined || opened === null || opened.until <= at.clock().getTime()) return null
  return { hash: opened.hash, token: createHmac('sha256', derive('forms')).update(value).digest('base64url') }
}

// What opens with our key is what we sealed.
function openValue(derive: DeriveKey, value: string): { hash: string; until: number } | null {
  try {
    return JSON.parse(unseal(value, derive('setup sessions')))
  } catch {
    return null
  }
}

/** Whether a form was sent from a page of ours, as every browser says of itself. */
export function isFromOurs({ config }: At, { headers }: IncomingMessage): boolean {
  return headers.origin === new URL(config.publicUrl).origin || headers['sec-fetch-site'] === 'same-origin'
}

/** Whether the form has the token of this session in it. */
export function isOfSession({ token }: SetupSession, given: string): boolean {
  const [one, other] = [Buffer.from(token), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}
