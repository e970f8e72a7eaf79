import { randomBytes } from 'node:crypto'
import type { Tx } from '../db/transaction.ts'
import { deploymentId, newId } from '../ids.ts'
import { Principal } from '../users/principal.entity.ts'

/** Creates a machine application: a client that can become a member with roles of the kind MACHINE. */
export async function createMachineApplication(tx: Tx, input: { name: string }) {
  const id = newId(tx.now)
  const clientId = `app_${randomBytes(12).toString('base64url')}`
  await tx.em.insert(Principal, { id, kind: 'MACHINE', displayName: input.name, clientId, createdAt: tx.now })
  const target = { type: 'MachineApplication', id, label: input.name }
  tx.record({ organizationId: deploymentId, action: 'MACHINE_APPLICATION_CREATED', target })
  tx.emit(deploymentId, 'MACHINE_APPLICATION_CREATED', { applicationId: id })
  return { applicationId: id }
}
