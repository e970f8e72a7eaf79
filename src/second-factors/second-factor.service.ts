import { forgetAccount } from '../auth/issuer/adapter.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import { deploymentId } from '../ids.ts'

const remove = statement(
  'remove_second_factor',
  'delete from second_factor where principal_id = $1 returning principal_id',
)

/**
 * Takes the second factor of a user away, with its recovery codes, and signs them out everywhere: somebody else may have
 * the device.
 * @throws InvalidInputError where there is none
 */
export async function removeSecondFactor(tx: Tx, { userId }: { userId: string }) {
  await takeSecondFactor(tx, { userId })
  await forgetAccount(tx, userId)
  return { userId }
}

/**
 * Takes the second factor away from who has shown it.
 * @throws InvalidInputError where there is none
 */
export async function takeSecondFactor(tx: Tx, { userId }: { userId: string }): Promise<void> {
  const gone = await tx.rows(remove, [userId])
  if (gone.length === 0)
    throw new InvalidInputError([{ path: ['input', 'userId'], message: 'This user has no second factor.' }])
  await noteSecondFactor(tx, userId, 'SECOND_FACTOR_REMOVED')
}

/** Says in the log of the deployment, where the transaction acts, what became of a second factor. */
export async function noteSecondFactor(
  tx: Tx,
  userId: string,
  action: 'SECOND_FACTOR_ADDED' | 'SECOND_FACTOR_REMOVED',
): Promise<void> {
  const label = (await tx.load.principalById.load(userId))?.displayName ?? ''
  tx.record({ organizationId: deploymentId, action, target: { type: 'User', id: userId, label } })
  tx.emit(deploymentId, action, { principalId: userId })
}
