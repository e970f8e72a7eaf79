import { timingSafeEqual } from 'node:crypto'
import type { Services } from '../../context.ts'
import { freeAgainAt, slidingLimits } from '../../db/sliding-limits.ts'
import { statement } from '../../db/statement.ts'
import { transaction } from '../../db/transaction.ts'
import { newId } from '../../ids.ts'
import { anonymous } from '../actor.ts'
import { hashOf } from './adapter.ts'
import { networkHash } from './network-hash.ts'
import type { DeriveKey } from './secret.ts'
import { codeHash } from './sign-in-mail.ts'

const GOOD_MILLISECONDS = 10 * 60_000
/** How often a code can be tried; then a new one is needed. */
const maxAttempts = 5

/** How long a request for a code is kept: the limits look back a week at most. */
const KEPT_MILLISECONDS = 8 * 86_400_000

const system = { actor: anonymous, ipAddress: null }

export interface CodeRequest {
  readonly interaction: string
  readonly email: string
  readonly emailKey: string
  readonly locale: string
  readonly ipAddress: string | null
}
type Requested = { readonly ok: true } | { readonly ok: false; readonly retryAt: Date }

// One request at a time for an address, so that its limit holds for those that come together.
const lock = statement('lock_sign_in_address', 'select pg_advisory_xact_lock(7263021, hashtext($1))')
const inTheWay = slidingLimits('sign_in_codes_in_the_way', {
  ...{ table: 'sign_in_code', at: 'requested_at', by: ['email_key = $1', 'ip_hash = $2'] },
})
const insert = statement(
  'request_sign_in_code',
  `insert into sign_in_code (id, interaction_hash, email, email_key, locale, ip_hash, due_at, requested_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $7, $8)`,
)
const latest = `select id from sign_in_code where interaction_hash = $1 order by requested_at desc, id desc limit 1`
const find = statement('sign_in_email', `select email from sign_in_code where id = (${latest})`)
// The attempt is counted before the code is compared: however many come together, five are looked at.
const attempt = statement(
  'attempt_sign_in_code',
  `update sign_in_code set attempts = attempts + 1
   where id = (${latest}) and attempts < $3 and used_at is null and expires_at > $2 and code_hash is not null
   returning id, code_hash as "codeHash", attempts, email, email_key as "emailKey"`,
)
const use = statement(
  'use_sign_in_code',
  'update sign_in_code set used_at = $2 where id = $1 and used_at is null returning id',
)
const purge = statement('purge_sign_in_codes', 'delete from sign_in_code where requested_at < $1')

/** Throws away requests that no limit counts any more. */
export async function purgeCodes({ pool, clock }: Pick<Services, 'pool' | 'clock'>): Promise<void> {
  await pool.query(purge.text, [new Date(clock().getTime() - KEPT_MILLISECONDS)])
}

/**
 * Asks for a code to be mailed. What is done and said is the same whether or not anybody has this address: nobody is
 * looked up before the code is right.
 */
export async function requestCode(services: Services, derive: DeriveKey, asked: CodeRequest): Promise<Requested> {
  const { mailLimits, issuer } = services.config
  const window = mailLimits.minutes * 60_000
  const ipHash = asked.ipAddress === null ? null : networkHash(derive, asked.ipAddress)
  return transaction(services, system, async tx => {
    await tx.rows(lock, [asked.emailKey])
    const retryAt = await freeAgainAt(tx, inTheWay, {
      ...{ values: [asked.emailKey, ipHash], limits: [mailLimits.perAddress, issuer?.limitPerIp ?? 1], window },
    })
    if (retryAt !== null) return { ok: false, retryAt }
    const { interaction, email, emailKey, locale } = asked
    const values = [newId(tx.now), hashOf(interaction), email, emailKey, locale, ipHash]
    await tx.rows(insert, [...values, tx.now, new Date(tx.now.getTime() + GOOD_MILLISECONDS)])
    tx.afterCommit(({ mailer }) => mailer.kick())
    return { ok: true }
  })
}

/** Where the newest code of this interaction went; null where none was asked for. */
export async function emailOf({ pool }: Services, interaction: string): Promise<string | null> {
  const { rows } = await pool.query<{ email: string }>(find.text, [hashOf(interaction)])
  return rows[0]?.email ?? null
}

type Tried =
  | { readonly kind: 'RIGHT'; readonly email: string; readonly emailKey: string }
  | { readonly kind: 'WRONG'; readonly left: number }
  | { readonly kind: 'NEW_ONE_NEEDED' }

interface Attempted {
  id: string
  codeHash: string
  attempts: number
  email: string
  emailKey: string
}

/** Tries a code: the newest of this interaction, unused, not too old, and not tried too often. It is good once. */
export async function tryCode(
  services: Services,
  derive: DeriveKey,
  interaction: string,
  code: string,
): Promise<Tried> {
  const { pool, clock } = services
  const { rows } = await pool.query<Attempted>(attempt.text, [hashOf(interaction), clock(), maxAttempts])
  const [row] = rows
  if (row === undefined) return { kind: 'NEW_ONE_NEEDED' }
  const given = Buffer.from(codeHash(derive, row.id, code))
  if (!timingSafeEqual(given, Buffer.from(row.codeHash))) {
    const left = maxAttempts - row.attempts
    return left === 0 ? { kind: 'NEW_ONE_NEEDED' } : { kind: 'WRONG', left }
  }
  const used = await pool.query(use.text, [row.id, clock()])
  if (used.rows.length === 0) return { kind: 'NEW_ONE_NEEDED' }
  return { kind: 'RIGHT', email: row.email, emailKey: row.emailKey }
}
