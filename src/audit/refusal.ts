import type { Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { LastOwnerError, PermissionEscalationError, RequestError, UserError } from '../errors.ts'
import { deploymentId, isUuid } from '../ids.ts'

/**
 * Records a refused write of security interest (MGT-3): a permission that was lacking, an attempt to grant more than
 * one holds or to leave an organization without owner, or what looks like an attack. What changed nothing else stands in a
 * transaction of its own.
 */
export async function recordRefusal(
  context: Context,
  mutation: string,
  place: string | undefined,
  reason: unknown,
): Promise<void> {
  const isOfInterest =
    reason instanceof PermissionEscalationError ||
    reason instanceof LastOwnerError ||
    (reason instanceof UserError && reason.isSuspicious) ||
    (reason instanceof RequestError && reason.code === 'FORBIDDEN')
  if (!isOfInterest || context.actor.kind === 'ANONYMOUS') return
  const changes = [{ field: 'reason', before: null, after: reason.message }]
  const organizationId = place !== undefined && isUuid(place) ? place : deploymentId
  await transaction(context.services, context, async tx => {
    await tx.enter(organizationId)
    tx.record({
      organizationId,
      action: 'WRITE_REFUSED',
      target: { type: 'Mutation', id: null, label: mutation },
      changes,
    })
  })
}
