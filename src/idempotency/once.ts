import { createHash } from 'node:crypto'
import { z } from 'zod'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { IdempotencyKeyReusedError, UserError } from '../errors.ts'
import type { Json } from '../organizations/organization.entity.ts'

/** A key as a client sends it. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'A key has 1 to 128 visible ASCII characters, and no spaces.')

/** How an outcome is kept: as ids, from which the answer is read anew. */
export interface Memory<Outcome> {
  readonly keep: (outcome: Outcome) => Json
  readonly recall: (kept: Json) => Outcome
}

interface Call {
  /** Where it happens; the nil id for what concerns the deployment. */
  readonly organizationId: string
  readonly mutation: string
  readonly key: string
  readonly input: object
}

const life = 24 * 60 * 60 * 1000

// A second call with the key waits here until the first has ended, and finds its row only if that one was committed.
const claim = statement(
  'claim_idempotency_key',
  `insert into idempotency_key as k (organization_id, principal_id, key_hash, input_hash, created_at)
   values ($1, $2, $3, $4, $5)
   on conflict (organization_id, principal_id, key_hash)
     do update set input_hash = excluded.input_hash, outcome = null, created_at = excluded.created_at
     where k.created_at <= $6
   returning k.created_at`,
)
const find = statement(
  'find_idempotency_key',
  `select input_hash = $4 as "isSame", outcome from idempotency_key
   where organization_id = $1 and principal_id = $2 and key_hash = $3`,
)
const keep = statement(
  'keep_idempotent_outcome',
  'update idempotency_key set outcome = $4 where organization_id = $1 and principal_id = $2 and key_hash = $3',
)
const forget = statement(
  'forget_idempotency_key',
  'delete from idempotency_key where organization_id = $1 and principal_id = $2 and key_hash = $3',
)
const sweep = statement(
  'sweep_idempotency_keys',
  `delete from idempotency_key k using (
     select organization_id, principal_id, key_hash from idempotency_key
     where organization_id = $1 and created_at <= $2 limit 1000 for update skip locked
   ) old
   where k.organization_id = old.organization_id and k.principal_id = old.principal_id and k.key_hash = old.key_hash`,
)

/**
 * Runs a call once under its caller's key: whoever repeats it within 24 hours gets the first outcome, and nothing is done
 * again. The key is claimed and its outcome kept in the call's own transaction, so what was undone is not remembered; a
 * refusal is none either. What outlived its day in this organization is removed on the way.
 * @throws IdempotencyKeyReusedError when the key came with another mutation or input
 */
export async function once<Outcome extends object>(
  tx: Tx,
  call: Call,
  memory: Memory<Outcome>,
  run: () => Promise<Outcome | UserError>,
): Promise<Outcome | UserError> {
  const { organizationId, mutation, key, input } = call
  const row = [organizationId, tx.actorId, sha256(key)]
  const inputHash = sha256(canonical([mutation, key, input]))
  const expired = new Date(tx.now.getTime() - life)
  const claimed = await tx.rows(claim, [...row, inputHash, tx.now, expired])
  if (claimed.length === 0) {
    const [first] = await tx.rows<{ isSame: boolean; outcome: Json }>(find, [...row, inputHash])
    if (first?.isSame !== true) throw new IdempotencyKeyReusedError()
    return memory.recall(first.outcome)
  }
  await tx.rows(sweep, [organizationId, expired])
  const outcome = await run()
  // A creation acts in what it created by now, and its entries are yet to be written there.
  const acting = await tx.enter(organizationId)
  if (outcome instanceof UserError) await tx.rows(forget, row)
  else await tx.rows(keep, [...row, JSON.stringify(memory.keep(outcome))])
  await tx.enter(acting)
  return outcome
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** The same text for the same input, in whatever order its fields came. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}
