import type { AuditChange } from '../audit/audit-event.entity.ts'
import { forgetAccount } from '../auth/issuer/adapter.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import { deploymentId } from '../ids.ts'

const removeAll = statement('remove_passkeys', 'delete from passkey where principal_id = $1 returning id')

/**
 * Takes every passkey of a user away, and signs them out everywhere: somebody else may have the device.
 * @throws InvalidInputError where there is none
 */
export async function removePasskeys(tx: Tx, { userId }: { userId: string }) {
  const gone = await tx.rows(removeAll, [userId])
  if (gone.length === 0)
    throw new InvalidInputError([{ path: ['input', 'userId'], message: 'This user has no passkeys.' }])
  await forgetAccount(tx, userId)
  await notePasskey(tx, userId, 'PASSKEY_REMOVED')
  return { userId }
}

/** Says in the log of the deployment, where the transaction acts, what became of a passkey, or of all. */
export async function notePasskey(
  tx: Tx,
  userId: string,
  action: 'PASSKEY_ADDED' | 'PASSKEY_RENAMED' | 'PASSKEY_REMOVED',
  changes: readonly AuditChange[] = [],
): Promise<void> {
  const label = (await tx.load.principalById.load(userId))?.displayName ?? ''
  tx.record({ organizationId: deploymentId, action, target: { type: 'User', id: userId, label }, changes })
  tx.emit(deploymentId, action, { principalId: userId })
}
