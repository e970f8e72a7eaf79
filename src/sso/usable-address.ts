import type { Tx } from '../db/transaction.ts'
import { emailKey } from '../users/email.ts'
import type { ProvidedIdentity } from './protocol.ts'
import { realmIn } from './realm.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'

/** Why an address signs nobody in. */
export type AddressProblem = 'EMAIL_MISSING' | 'EMAIL_NOT_VERIFIED'

/** The address of somebody, when it counts (SSO-3): vouched for, or not spoken of by a provider that is trusted. */
export function addressOf(
  { email, isEmailVerified }: Pick<ProvidedIdentity, 'email' | 'isEmailVerified'>,
  { trustsEmail }: Pick<SsoConnectorRow, 'trustsEmail'>,
): { readonly email: string; readonly key: string } | AddressProblem {
  const key = email === null ? null : emailKey(email)
  if (email === null || key === null) return 'EMAIL_MISSING'
  const counts = isEmailVerified ?? trustsEmail
  return counts ? { email, key } : 'EMAIL_NOT_VERIFIED'
}

/** Whether this very connector serves the domain of this address, which its organization has proved, now (SSO-2). */
export async function isServed(tx: Tx, key: string, { organizationId, id }: SsoConnectorRow): Promise<boolean> {
  const realm = await realmIn(tx, key)
  return realm?.organizationId === organizationId && realm.connectorId === id
}
