import { createHmac, randomBytes } from 'node:crypto'
import type { Services } from '../../../context.ts'
import { statement } from '../../../db/statement.ts'
import { noteSecondFactor, takeSecondFactor } from '../../../second-factors/second-factor.service.ts'
import { asPerson } from '../person.ts'
import { seal, unseal } from '../sealed.ts'
import type { DeriveKey } from '../secret.ts'
import { base32, stepOf } from './totp.ts'

/** How often a code can be tried in a while; then there is a pause. One that is good starts afresh. */
const maxAttempts = 5
const WHILE_MILLISECONDS = 15 * 60_000
const RECOVERY_CODES = 10
const SECRET_BYTES = 20

const insert = statement(
  'add_second_factor',
  `insert into second_factor (principal_id, encrypted_secret, last_step, attempts_since, created_at)
   values ($1, $2, $3, $4, $4) on conflict do nothing returning principal_id`,
)
const insertCodes = statement(
  'add_recovery_codes',
  'insert into recovery_code (principal_id, code_hash) select $1, hash from unnest($2::text[]) hash',
)
// The attempt is counted before the code is compared: however many come together, five are looked at.
const attempt = statement(
  'attempt_second_factor',
  `update second_factor set attempts = case when attempts_since < $3 then 1 else attempts + 1 end,
     attempts_since = case when attempts_since < $3 then $2 else attempts_since end
   where principal_id = $1 and (attempts < $4 or attempts_since < $3) returning encrypted_secret as "encryptedSecret"`,
)
const use = statement(
  'use_second_factor',
  'update second_factor set last_step = $2, attempts = 0 where principal_id = $1 and last_step < $2 returning principal_id',
)
const recover = statement(
  'use_recovery_code',
  `with used as (
     update recovery_code set used_at = $3 where principal_id = $1 and code_hash = $2 and used_at is null returning principal_id)
   update second_factor f set attempts = 0 from used where f.principal_id = used.principal_id returning f.principal_id`,
)
type Parts = { readonly services: Services; readonly derive: DeriveKey }

/**
 * The secret that is offered in one interaction. It is made of what only this browser and this server know, so none is
 * kept until it is confirmed, and nobody is offered one that somebody else has seen.
 */
export function offeredSecret(derive: DeriveKey, interaction: string, principalId: string): Buffer {
  const hash = createHmac('sha256', derive('offered second factors')).update(`${interaction} ${principalId}`).digest()
  return hash.subarray(0, SECRET_BYTES)
}

/** Keeps a secret that a code shows to be in the user's program. Answers with recovery codes; null where the code is not right, or there is a factor. */
export async function addSecondFactor(
  { services, derive }: Parts,
  principalId: string,
  secret: Buffer,
  code: string,
): Promise<readonly string[] | null> {
  const step = stepOf(secret, code, services.clock())
  if (step === null) return null
  const codes = Array.from({ length: RECOVERY_CODES }, () => base32(randomBytes(10)).replace(/^.{8}/, '$&-'))
  const hashes = codes.map(one => recoveryHash(derive, principalId, one))
  const encrypted = seal(secret.toString('base64url'), derive('second factors'))
  return asPerson(services, principalId, async tx => {
    const made = await tx.rows(insert, [principalId, encrypted, step, tx.now])
    if (made.length === 0) return null
    await tx.rows(insertCodes, [principalId, hashes])
    await noteSecondFactor(tx, principalId, 'SECOND_FACTOR_ADDED')
    return codes
  })
}

export type TriedFactor = 'RIGHT' | 'WRONG' | 'TOO_OFTEN'

/** Tries a code of the program, or a recovery code. Each time step, and each recovery code, is good once. */
export async function trySecondFactor(
  { services, derive }: Parts,
  principalId: string,
  code: string,
): Promise<TriedFactor> {
  const { pool, clock } = services
  const now = clock()
  const since = new Date(now.getTime() - WHILE_MILLISECONDS)
  const attempted = await pool.query<{ encryptedSecret: string }>(attempt.text, [principalId, now, since, maxAttempts])
  const [row] = attempted.rows
  if (row === undefined) return 'TOO_OFTEN'
  const secret = Buffer.from(unseal(row.encryptedSecret, derive('second factors')), 'base64url')
  const step = stepOf(secret, code, now)
  const { rows } =
    step === null
      ? await pool.query(recover.text, [principalId, recoveryHash(derive, principalId, code), now])
      : await pool.query(use.text, [principalId, step])
  return rows.length > 0 ? 'RIGHT' : 'WRONG'
}

/** Takes the factor away, with its recovery codes: for who has just shown it. */
export async function removeOwnFactor(services: Services, userId: string): Promise<void> {
  await asPerson(services, userId, tx => takeSecondFactor(tx, { userId }))
}

/** People type them without the hyphen, or in lower case. */
function recoveryHash(derive: DeriveKey, principalId: string, code: string): string {
  const typed = code.toUpperCase().replaceAll(/[^A-Z2-7]/g, '')
  return createHmac('sha256', derive('recovery codes')).update(`${principalId} ${typed}`).digest('base64url')
}
