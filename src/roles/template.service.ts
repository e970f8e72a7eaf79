import { changesOf } from '../audit/changes.ts'
import type { Tx } from '../db/transaction.ts'
import { RoleNotAssignableError } from '../errors.ts'
import { deploymentId } from '../ids.ts'
import { TemplateRole } from './role.entity.ts'
import { refuseStrongerTemplate } from './template.ts'

/** Says which role of the template one joins with when none was named; null for none (TPL-8). */
export async function updateTemplate(tx: Tx, input: { defaultRoleId?: string | null | undefined }) {
  if (input.defaultRoleId === undefined) return {}
  const roles = await tx.load.templateRoles()
  const wanted = input.defaultRoleId === null ? null : roles.find(role => role.id === input.defaultRoleId)
  if (wanted === undefined || wanted?.kind === 'MACHINE' || wanted?.isOwner === true)
    throw new RoleNotAssignableError([input.defaultRoleId ?? ''])
  const before = roles.find(role => role.isDefault)
  const changes = changesOf({ defaultRole: before?.name }, { defaultRole: wanted?.name ?? null })
  if (before?.id === wanted?.id) return {}
  if (wanted !== null) await refuseStrongerDefault(tx, before?.id ?? null, wanted.id)
  await tx.em.nativeUpdate(TemplateRole, { isDefault: true }, { isDefault: false })
  if (wanted !== null && (await tx.em.nativeUpdate(TemplateRole, { id: wanted.id }, { isDefault: true })) === 0)
    throw new RoleNotAssignableError([wanted.id])
  tx.record({
    organizationId: deploymentId,
    action: 'TEMPLATE_UPDATED',
    target: { type: 'OrganizationTemplate', id: null, label: 'Organization template' },
    changes,
  })
  tx.emit(deploymentId, 'TEMPLATE_UPDATED', {})
  return {}
}

/** Who joins from now on, the editor perhaps, holds what the new default permits beyond the one before. */
async function refuseStrongerDefault(tx: Tx, beforeId: string | null, wantedId: string): Promise<void> {
  const idsOf = async (id: string) => (await tx.load.permissionIdsByRole.load(id)).map(row => row.permissionId)
  const held = beforeId === null ? [] : await idsOf(beforeId)
  const given = await idsOf(wantedId)
  refuseStrongerTemplate(
    tx,
    given.filter(id => !held.includes(id)),
  )
}
