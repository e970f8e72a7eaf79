import { changesOf } from '../audit/changes.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError, RoleNotAssignableError } from '../errors.ts'
import type { Ask } from '../load.ts'
import { RoleInUseError, type RoleUse } from './errors.ts'
import { refuseChanged } from './fingerprint.ts'
import { lockTemplateRole } from './lock.ts'
import { permissionIdsOf, refuseStronger } from './permission-change.ts'
import { CustomRole, TemplateRole } from './role.entity.ts'
import type { RoleRow } from './role.loaders.ts'
import { note } from './role.service.ts'
import { refuseStrongerTemplate } from './template.ts'

const replaceOfMembers = statement(
  'replace_role_of_members',
  `insert into membership_role (organization_id, membership_id, kind, template_role_id, custom_role_id, assigned_by, assigned_at)
   select mr.organization_id, mr.membership_id, mr.kind, $2, $3, $4, $5 from membership_role mr
   where mr.role_id = $1 and not exists (select from membership_role other
     where other.organization_id = mr.organization_id and other.membership_id = mr.membership_id and other.role_id <> mr.role_id)
   on conflict do nothing`,
)
const replaceInInvitations = statement(
  'replace_role_in_invitations',
  `insert into invitation_role (organization_id, invitation_id, template_role_id, custom_role_id)
   select ir.organization_id, ir.invitation_id, $2, $3 from invitation_role ir
   where ir.role_id = $1 and not exists (select from invitation_role other
     where other.organization_id = ir.organization_id and other.invitation_id = ir.invitation_id and other.role_id <> ir.role_id)
   on conflict do nothing`,
)
const replaceInLinks = statement(
  'replace_role_in_links',
  `insert into invite_link_role (organization_id, invite_link_id, template_role_id, custom_role_id)
   select lr.organization_id, lr.invite_link_id, $2, $3 from invite_link_role lr
   where lr.role_id = $1 and not exists (select from invite_link_role other
     where other.organization_id = lr.organization_id and other.invite_link_id = lr.invite_link_id and other.role_id <> lr.role_id)
   on conflict do nothing`,
)
const replaceInProvisioning = statement(
  'replace_role_in_provisioning',
  `insert into jit_provisioning_role (organization_id, template_role_id, custom_role_id)
   select jr.organization_id, $2, $3 from jit_provisioning_role jr
   where jr.role_id = $1 and not exists (select from jit_provisioning_role other
     where other.organization_id = jr.organization_id and other.role_id <> jr.role_id)
   on conflict do nothing`,
)
const replaceInMappings = statement(
  'replace_role_in_mappings',
  `insert into sso_group_mapping (organization_id, connector_id, group_name, template_role_id, custom_role_id)
   select g.organization_id, g.connector_id, g.group_name, $2, $3 from sso_group_mapping g
   where g.role_id = $1 and not exists (select from sso_group_mapping other
     where other.organization_id = g.organization_id and other.connector_id = g.connector_id
       and other.group_name = g.group_name and other.role_id <> g.role_id)
   on conflict do nothing`,
)
const takeFromMembers = statement('take_role_from_members', 'delete from membership_role where role_id = $1')

/**
 * Deletes a role. Members, invitations, links, just-in-time provisioning and groups that have no other get the replacement, the
 * rest keep what else they have;
 * without one, a role in use stays (TPL-6).
 * @throws RoleChangedError, RoleInUseError, RoleNotAssignableError, PermissionEscalationError, InvalidInputError for owner and default role
 */
export async function deleteRole(tx: Tx, input: DeleteRole, found: RoleRow) {
  const replacementId = input.replacementRoleId ?? null
  const others = replacementId === null ? [] : [replacementId]
  const role = found.organizationId === null ? await lockTemplateRole(tx, found.id, others) : found
  await refuseDeletion(tx, role, replacementId)
  await refuseChanged(tx, role, input.expectedFingerprint, replacementId)
  const replacement = replacementId === null ? null : await tx.load.roleById.load(replacementId)
  // A template role is held in any organization: the transaction acts in all of them.
  if (role.organizationId === null) await tx.enter('*')
  const use = await tx.load.roleUse(role, tx.now)
  if (replacement === null && isInUse(use)) throw new RoleInUseError(role.id, use)
  if (replacement !== null) await replace(tx, role, replacement)
  if (role.organizationId === null) await tx.em.nativeDelete(TemplateRole, { id: role.id })
  else await tx.em.nativeDelete(CustomRole, { organizationId: role.organizationId, id: role.id })
  note(tx, 'ROLE_DELETED', role, changesOf({}, replacement === null ? {} : { replacement: replacement.name, ...use }))
  return { deletedRoleId: role.id }
}

/** Whether a member holds the role, or an invitation or a link that is still good gives it, or whoever signs in first, or a group. */
export const isInUse = ({ members, invitations, links, jitDefaults, groupMappings }: RoleUse) =>
  members + invitations + links + jitDefaults + groupMappings > 0

interface DeleteRole {
  replacementRoleId?: string | null | undefined
  expectedFingerprint?: string | null | undefined
}

/**
 * Whether the actor may delete the role in favor of this one: what deleteRole asks under its locks, and a preview before.
 * @throws RoleNotAssignableError, PermissionEscalationError, InvalidInputError
 */
export async function refuseDeletion(ask: Ask, role: RoleRow, replacementId: string | null): Promise<void> {
  if (role.isOwner || role.isDefault) {
    const message = role.isOwner ? 'The owner role cannot be deleted.' : 'Make another role the default first.'
    throw new InvalidInputError([{ path: ['input', 'roleId'], message }])
  }
  if (role.organizationId !== null) await refuseStronger(ask, role.organizationId, await permissionIdsOf(ask, role.id))
  if (replacementId !== null) await refuseReplacement(ask, role, replacementId)
}

async function replace(tx: Tx, role: RoleRow, by: RoleRow): Promise<void> {
  const ids = by.organizationId === null ? [by.id, null] : [null, by.id]
  await tx.rows(replaceOfMembers, [role.id, ...ids, tx.actorId, tx.now])
  if (by.kind === 'USER') {
    await tx.rows(replaceInInvitations, [role.id, ...ids])
    await tx.rows(replaceInLinks, [role.id, ...ids])
    await tx.rows(replaceInProvisioning, [role.id, ...ids])
    await tx.rows(replaceInMappings, [role.id, ...ids])
  }
  await tx.rows(takeFromMembers, [role.id])
}

async function refuseReplacement(ask: Ask, role: RoleRow, id: string): Promise<void> {
  const found = await ask.load.roleById.load(id)
  const isInReach = found !== null && (found.organizationId === null || found.organizationId === role.organizationId)
  // Who may change the template may not make every holder of a role an owner by it.
  const makesOwners = role.organizationId === null && found?.isOwner === true
  if (!isInReach || makesOwners || found.id === role.id || found.kind !== role.kind)
    throw new RoleNotAssignableError([id])
  const given = await permissionIdsOf(ask, id)
  if (role.organizationId !== null) return refuseStronger(ask, role.organizationId, given)
  const held = await permissionIdsOf(ask, role.id)
  refuseStrongerTemplate(
    ask,
    given.filter(one => !held.includes(one)),
  )
}
