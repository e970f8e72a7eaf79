import { randomBytes } from 'node:crypto'
import type { Services } from '../../../context.ts'
import { statement } from '../../../db/statement.ts'
import { hashOf } from '../adapter.ts'

type Store = Pick<Services, 'pool' | 'clock'>
export type Purpose = 'PROVE' | 'ADD'

/** As long as a mailed code is good. */
const GOOD_MILLISECONDS = 10 * 60_000
const CHALLENGE_BYTES = 32

const keep = statement(
  'keep_passkey_challenge',
  `insert into passkey_challenge (interaction_hash, purpose, challenge, expires_at) values ($1, $2, $3, $4)
   on conflict (interaction_hash, purpose) do update set challenge = $3, expires_at = $4`,
)
const take = statement(
  'take_passkey_challenge',
  'delete from passkey_challenge where interaction_hash = $1 and purpose = $2 returning challenge, expires_at > $3 as "isGood"',
)
const purge = statement('purge_passkey_challenges', 'delete from passkey_challenge where expires_at < $1')

/** A new challenge of an interaction, in base64url, in place of the one before. */
export async function newChallenge({ pool, clock }: Store, interaction: string, purpose: Purpose): Promise<string> {
  const challenge = randomBytes(CHALLENGE_BYTES).toString('base64url')
  const expiresAt = new Date(clock().getTime() + GOOD_MILLISECONDS)
  await pool.query(keep.text, [hashOf(interaction), purpose, challenge, expiresAt])
  return challenge
}

/** The challenge that an answer in this interaction has to be to. Whatever the answer is, there is no second one. */
export async function takeChallenge(
  { pool, clock }: Store,
  interaction: string,
  purpose: Purpose,
): Promise<string | null> {
  const values = [hashOf(interaction), purpose, clock()]
  const { rows } = await pool.query<{ challenge: string; isGood: boolean }>(take.text, values)
  return rows[0]?.isGood === true ? rows[0].challenge : null
}

/** Throws away challenges that nobody answered. */
export async function purgeChallenges({ pool, clock }: Store): Promise<void> {
  await pool.query(purge.text, [clock()])
}
