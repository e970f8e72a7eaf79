import { changesOf } from '../audit/changes.ts'
import type { Tx } from '../db/transaction.ts'
import { RoleNotAssignableError } from '../errors.ts'
import { deploymentId } from '../ids.ts'
import { TemplateRole } from './role.entity.ts'

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
