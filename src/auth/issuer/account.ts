import type { Services } from '../../context.ts'
import { statement } from '../../db/statement.ts'
import { transaction } from '../../db/transaction.ts'
import { newId } from '../../ids.ts'
import { provisionAtSignIn } from '../../jit-provisioning/provision.ts'
import { Identity, Principal } from '../../users/principal.entity.ts'
import { anonymous } from '../actor.ts'
import { ownIssuer } from '../own-issuer.ts'
import { SignInAddress } from './issuer.entity.ts'

const byAddress = statement(
  'principal_by_sign_in_address',
  'select principal_id as "principalId" from sign_in_address where email_key = $1',
)
const keepIdentity = statement(
  'keep_built_in_identity',
  'insert into identity (issuer, subject, principal_id, created_at) values ($1, $2::text, $2::uuid, $3) on conflict do nothing',
)

/** The user who signs in here with this address; null while there is none. */
export async function userWithAddress({ pool }: Pick<Services, 'pool'>, emailKey: string): Promise<string | null> {
  return (await pool.query<{ principalId: string }>(byAddress.text, [emailKey])).rows[0]?.principalId ?? null
}

/** Keeps that a user who is known by something else than an address signs in here, whatever the issuer's name is now. */
export async function rememberIdentity({ config, pool, clock }: Services, principalId: string): Promise<void> {
  await pool.query(keepIdentity.text, [ownIssuer(config).issuer, principalId, clock()])
}

/**
 * The user who signs in with this address, which they have just shown to be theirs; new at the first time. A user of
 * another issuer with the same address is somebody else (docs/decisions/no-linking-by-email.md).
 */
export function signedInUser(services: Services, email: string, emailKey: string): Promise<string> {
  const { issuer } = ownIssuer(services.config)
  return transaction(services, { actor: anonymous, ipAddress: null }, async tx => {
    const [known] = await tx.rows<{ principalId: string }>(byAddress, [emailKey])
    if (known !== undefined) {
      // Once a deployment has moved to another address, its issuer has another name.
      await tx.rows(keepIdentity, [issuer, known.principalId, tx.now])
      return known.principalId
    }
    const id = newId(tx.now)
    const displayName = email.slice(0, email.lastIndexOf('@'))
    const person = { id, kind: 'USER' as const, displayName, email, emailKey, isEmailVerified: true }
    await tx.em.insert(Principal, { ...person, createdAt: tx.now })
    await tx.em.insert(Identity, { issuer, subject: id, principalId: id, createdAt: tx.now })
    // Two first sign-ins at once: the key lets one of them through, and the other starts over and finds it.
    await tx.em.insert(SignInAddress, { emailKey, principalId: id, createdAt: tx.now })
    await provisionAtSignIn(tx, { principalId: id, emailKey })
    return id
  })
}
