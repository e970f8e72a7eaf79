import { createHash } from 'node:crypto'
import type { Ask } from '../load.ts'
import { RoleChangedError } from './errors.ts'
import { permissionIdsOf } from './permission-change.ts'
import type { RoleRow } from './role.loaders.ts'

/** Stands for what the role, and the one that replaces it, permit at this moment: another set is another text. */
export async function fingerprintOf(ask: Ask, role: RoleRow, replacementId: string | null = null): Promise<string> {
  const ids = replacementId === null ? [role.id] : [role.id, replacementId]
  const sets = await Promise.all(ids.map(async id => [id, (await permissionIdsOf(ask, id)).toSorted()]))
  return createHash('sha256').update(JSON.stringify(sets)).digest('base64url')
}

/** @throws RoleChangedError when it is not what a client expects, who said so (as ORG-7 has it for organizations) */
export async function refuseChanged(
  ask: Ask,
  role: RoleRow,
  expected: string | null | undefined,
  replacementId: string | null = null,
): Promise<void> {
  if (expected == null || expected === (await fingerprintOf(ask, role, replacementId))) return
  throw new RoleChangedError(role.id)
}
