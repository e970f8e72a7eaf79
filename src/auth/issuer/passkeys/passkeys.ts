import type { Services } from '../../../context.ts'
import { type Instant, statement } from '../../../db/statement.ts'
import { newId } from '../../../ids.ts'
import type { Log } from '../../../log.ts'
import { MAX_PASSKEYS } from '../../../passkeys/passkey.loaders.ts'
import { notePasskey } from '../../../passkeys/passkey.service.ts'
import { asPerson } from '../person.ts'
import { assertionOf, checkAssertion, type Descriptor, type Made } from './ceremonies.ts'
import { takeChallenge } from './challenges.ts'
import type { RelyingParty } from './relying-party.ts'

const descriptorsOf = statement(
  'passkey_descriptors',
  'select credential_id as "credentialId", transports from passkey where principal_id = $1 order by created_at, id',
)
const listOf = statement(
  'passkeys_at_issuer',
  `select id, name, created_at as "createdAt", last_used_at as "lastUsedAt" from passkey where principal_id = $1
   order by created_at, id`,
)
const byCredential = statement(
  'passkey_by_credential',
  'select id, principal_id as "principalId", public_key as "publicKey" from passkey where credential_id = $1',
)
// A counter that does not go up is one that somebody copied; zero is that of a passkey without one.
const use = statement(
  'use_passkey',
  `update passkey set sign_count = $2, is_backed_up = $3, last_used_at = $4
   where id = $1 and (sign_count < $2 or (sign_count = 0 and $2 = 0)) returning id`,
)
const lock = statement('lock_passkeys_of', 'select id from principal where id = $1 for no key update')
const insert = statement(
  'add_passkey',
  `insert into passkey (id, principal_id, credential_id, public_key, sign_count, transports, aaguid, is_backed_up, name, created_at)
   select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 where (select count(*) from passkey where principal_id = $2) < $11
   on conflict do nothing returning id`,
)
const rename = statement(
  'rename_passkey',
  `update passkey p set name = $3 from (select id, name from passkey where id::text = $2 and principal_id = $1 for update) was
   where p.id = was.id returning was.name`,
)
const remove = statement('remove_passkey', 'delete from passkey where principal_id = $1 and id::text = $2 returning id')

/** How browsers find the passkeys of a user. */
export async function passkeysOf(
  { pool }: Pick<Services, 'pool'>,
  principalId: string,
): Promise<readonly Descriptor[]> {
  return (await pool.query<Descriptor>(descriptorsOf.text, [principalId])).rows
}

/** A passkey as its user sees it. */
export interface ListedPasskey {
  readonly id: string
  readonly name: string
  readonly createdAt: Instant
  readonly lastUsedAt: Instant | null
}
/** The oldest first. */
export async function listPasskeys(
  { pool }: Pick<Services, 'pool'>,
  principalId: string,
): Promise<readonly ListedPasskey[]> {
  return (await pool.query<ListedPasskey>(listOf.text, [principalId])).rows
}

/** The user handle of the passkeys of a user: their id, which is random and says nothing. */
export const handleOf = (principalId: string) =>
  Buffer.from(principalId.replaceAll('-', ''), 'hex').toString('base64url')

interface Proof {
  readonly party: RelyingParty
  readonly interaction: string
  /** What the page sent. */
  readonly given: string
  /** Whose it has to be; null for anybody's, who is known by it. */
  readonly principalId: string | null
}

/** Whose passkey has signed the challenge of this interaction; null where none has, whatever the reason is. */
export async function provePasskey(
  { services, log }: { readonly services: Services; readonly log: Log },
  { party, interaction, given, principalId }: Proof,
): Promise<string | null> {
  const { pool, clock } = services
  const challenge = await takeChallenge(services, interaction, 'PROVE')
  const response = assertionOf(given)
  if (challenge === null || response === null) return null
  const { rows } = await pool.query<{ id: string; principalId: string; publicKey: Buffer }>(byCredential.text, [
    response.id,
  ])
  const [row] = rows
  if (row === undefined || (principalId !== null && row.principalId !== principalId)) return null
  // WebAuthn, section 7.2, step 6: who is found by the passkey is who it says; who is known before may do without.
  const handle = response.response.userHandle ?? (principalId === null ? null : handleOf(principalId))
  if (handle !== handleOf(row.principalId)) return null
  const credential = { id: response.id, publicKey: new Uint8Array(row.publicKey) }
  const checked = await checkAssertion(party, challenge, { response, credential })
  if (checked === null) return null
  const used = await pool.query(use.text, [row.id, checked.signCount, checked.isBackedUp, clock()])
  if (used.rows.length > 0) return row.principalId
  log('warn', 'a passkey was refused: its counter did not go up, somebody may have copied it', {
    ...{ passkeyId: row.id, principalId: row.principalId },
  })
  return null
}

/** Keeps a passkey. False where there are too many, or somebody has it already. */
export function addPasskey(services: Services, principalId: string, made: Made & { name: string }): Promise<boolean> {
  return asPerson(services, principalId, async tx => {
    const there = await tx.rows(lock, [principalId])
    if (there.length === 0) return false
    const values = [made.id, Buffer.from(made.publicKey), made.counter, made.transports, made.aaguid, made.isBackedUp]
    const kept = await tx.rows(insert, [newId(tx.now), principalId, ...values, made.name, tx.now, MAX_PASSKEYS])
    if (kept.length > 0) await notePasskey(tx, principalId, 'PASSKEY_ADDED')
    return kept.length > 0
  })
}

/** Gives a passkey of the user another name. Nothing happens where it is not theirs. */
export async function renamePasskey(services: Services, principalId: string, id: string, name: string): Promise<void> {
  await asPerson(services, principalId, async tx => {
    const [was] = await tx.rows<{ name: string }>(rename, [principalId, id, name])
    if (was === undefined || was.name === name) return
    await notePasskey(tx, principalId, 'PASSKEY_RENAMED', [{ field: 'name', before: was.name, after: name }])
  })
}

/** Takes a passkey of the user away. Nothing happens where it is not theirs. */
export async function removeOwnPasskey(services: Services, principalId: string, id: string): Promise<void> {
  await asPerson(services, principalId, async tx => {
    const gone = await tx.rows(remove, [principalId, id])
    if (gone.length > 0) await notePasskey(tx, principalId, 'PASSKEY_REMOVED')
  })
}
