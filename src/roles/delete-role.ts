import { changesOf } from '../audit/changes.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError, RoleInUseError, RoleNotAssignableError } from '../errors.ts'
import { lockTemplateRole } from './lock.ts'
import { CustomRole, TemplateRole } from './role.entity.ts'
import type { RoleRow } from './role.loaders.ts'
import { note, refuseStronger } from './role.service.ts'
import { refuseStrongerTemplate } from './template.ts'

const holders = statement(
  'role_in_use',
  `select
     (select count(*)::int from membership_role mr where mr.role_id = $1 and ($2::uuid is null or mr.organization_id = $2)) as members,
     (select count(*)::int from invitation_role ir
       join invitation i on i.organization_id = ir.organization_id and i.id = ir.invitation_id
       where ir.role_id = $1 and ($2::uuid is null or ir.organization_id = $2) and i.status = 'PENDING' and i.expires_at > $3) as invitations`,
)
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
const takeFromMembers = statement('take_role_from_members', 'delete from membership_role where role_id = $1')

/**
 * Deletes a role. Members and invitations that hold no other get the replacement, the rest keep what else they have;
 * without one, a role in use stays (TPL-6).
 * @throws RoleInUseError, RoleNotAssignableError, PermissionEscalationError, InvalidInputError for owner and default role
 */
export async function deleteRole(tx: Tx, input: { replacementRoleId?: string | null | undefined }, found: RoleRow) {
  const others = input.replacementRoleId == null ? [] : [input.replacementRoleId]
  const role = found.organizationId === null ? await lockTemplateRole(tx, found.id, others) : found
  if (role.isOwner || role.isDefault) {
    const message = role.isOwner ? 'The owner role cannot be deleted.' : 'Make another role the default first.'
    throw new InvalidInputError([{ path: ['input', 'roleId'], message }])
  }
  if (role.organizationId !== null) await refuseStronger(tx, role.organizationId, await permissionIds(tx, role.id))
  const replacement = input.replacementRoleId == null ? null : await replacementFor(tx, role, input.replacementRoleId)
  // A template role is held in any organization: the transaction acts in all of them.
  if (role.organizationId === null) await tx.enter('*')
  const [use] = await tx.rows<{ members: number; invitations: number }>(holders, [role.id, role.organizationId, tx.now])
  const { members, invitations } = use ?? { members: 0, invitations: 0 }
  if (replacement === null && members + invitations > 0) throw new RoleInUseError(members, invitations)
  if (replacement !== null) await replace(tx, role, replacement)
  if (role.organizationId === null) await tx.em.nativeDelete(TemplateRole, { id: role.id })
  else await tx.em.nativeDelete(CustomRole, { organizationId: role.organizationId, id: role.id })
  note(
    tx,
    'ROLE_DELETED',
    role,
    changesOf({}, replacement === null ? {} : { replacement: replacement.name, members, invitations }),
  )
  return { deletedRoleId: role.id }
}

async function replace(tx: Tx, role: RoleRow, by: RoleRow): Promise<void> {
  const ids = by.organizationId === null ? [by.id, null] : [null, by.id]
  await tx.rows(replaceOfMembers, [role.id, ...ids, tx.actorId, tx.now])
  if (by.kind === 'USER') await tx.rows(replaceInInvitations, [role.id, ...ids])
  await tx.rows(takeFromMembers, [role.id])
}

async function replacementFor(tx: Tx, role: RoleRow, id: string): Promise<RoleRow> {
  const found = await tx.load.roleById.load(id)
  const isInReach = found !== null && (found.organizationId === null || found.organizationId === role.organizationId)
  // Who may change the template may not make every holder of a role an owner by it.
  const makesOwners = role.organizationId === null && found?.isOwner === true
  if (!isInReach || makesOwners || found.id === role.id || found.kind !== role.kind)
    throw new RoleNotAssignableError([id])
  const given = await permissionIds(tx, id)
  if (role.organizationId !== null) await refuseStronger(tx, role.organizationId, given)
  else {
    const held = await permissionIds(tx, role.id)
    refuseStrongerTemplate(
      tx,
      given.filter(one => !held.includes(one)),
    )
  }
  return found
}

async function permissionIds(tx: Tx, roleId: string): Promise<string[]> {
  return (await tx.load.permissionIdsByRole.load(roleId)).map(row => row.permissionId)
}
