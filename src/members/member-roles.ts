import { listChange } from '../audit/changes.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import { assignableRoles, refuseEscalation } from '../roles/assignable.ts'
import type { RoleRow } from '../roles/role.loaders.ts'
import type { PrincipalKind } from '../users/principal.entity.ts'
import type { MembershipRow } from './membership.loaders.ts'
import { refuseWithoutOwner } from './owners.ts'

const give = statement(
  'give_roles',
  `insert into membership_role (organization_id, membership_id, kind, template_role_id, custom_role_id, assigned_by, assigned_at)
   select $1, $2, $3, case when r.organization_id is null then r.id end, case when r.organization_id is not null then r.id end, $5, $6
   from organization_role r where r.id = any($4::uuid[])
   on conflict do nothing`,
)
const takeAway = statement(
  'take_roles',
  'delete from membership_role where organization_id = $1 and membership_id = $2 and role_id = any($3::uuid[])',
)

/** Gives roles that were found assignable; those already held stay as they are (TPL-5). */
export async function giveRoles(
  tx: Tx,
  to: { organizationId: string; id: string; kind: PrincipalKind },
  roleIds: readonly string[],
): Promise<void> {
  if (roleIds.length > 0) await tx.rows(give, [to.organizationId, to.id, to.kind, roleIds, tx.actorId, tx.now])
}

export interface ChangeMemberRoles {
  addRoleIds?: readonly string[] | null | undefined
  removeRoleIds?: readonly string[] | null | undefined
}

/** Gives and takes roles of one member, all or nothing (ROL-2). */
export async function changeMemberRoles(tx: Tx, input: ChangeMemberRoles, member: MembershipRow) {
  const [add, remove] = [input.addRoleIds ?? [], input.removeRoleIds ?? []]
  const both = add.filter(id => remove.includes(id))
  if (both.length > 0)
    throw new InvalidInputError([
      { path: ['input', 'removeRoleIds'], message: 'A role cannot be given and taken in one call.' },
    ])
  const held = await heldRoles(tx, member)
  const wanted = await assignableRoles(tx, member.organizationId, member.kind, [...add, ...remove])
  const added = wanted.filter(role => add.includes(role.id) && !held.some(one => one.id === role.id))
  await refuseEscalation(tx, member.organizationId, added)
  return applyRoles(
    tx,
    member,
    added,
    held.filter(role => remove.includes(role.id)),
  )
}

/** Makes these roles the member's, by difference (TPL-5). */
export async function replaceMemberRoles(tx: Tx, input: { roleIds: readonly string[] }, member: MembershipRow) {
  const held = await heldRoles(tx, member)
  const wanted = await assignableRoles(tx, member.organizationId, member.kind, input.roleIds)
  const added = wanted.filter(role => !held.some(one => one.id === role.id))
  await refuseEscalation(tx, member.organizationId, added)
  return applyRoles(
    tx,
    member,
    added,
    held.filter(role => !wanted.some(one => one.id === role.id)),
  )
}

/** Gives further roles, offered under a ceiling of their own, to one who is a member already (INV-8). */
export function addOfferedRoles(tx: Tx, member: MembershipRow, roleIds: readonly string[]) {
  return swapRoles(tx, member, roleIds, [])
}

/** Gives some roles and takes others, where the way that leads here has a ceiling of its own. */
export async function swapRoles(tx: Tx, member: MembershipRow, give: readonly string[], take: readonly string[]) {
  const held = await heldRoles(tx, member)
  const offered = await assignableRoles(tx, member.organizationId, member.kind, give)
  return applyRoles(
    tx,
    member,
    offered.filter(role => !held.some(one => one.id === role.id)),
    held.filter(role => take.includes(role.id)),
  )
}

async function heldRoles(tx: Tx, member: MembershipRow): Promise<RoleRow[]> {
  const ids = (await tx.load.roleIdsByMembership.load(member.id)).map(row => row.roleId)
  const roles = await tx.load.roleById.loadMany(ids)
  return roles.filter((role): role is RoleRow => role !== null && !(role instanceof Error))
}

async function applyRoles(tx: Tx, member: MembershipRow, added: readonly RoleRow[], removed: readonly RoleRow[]) {
  const outcome = { membershipId: member.id }
  if (added.length === 0 && removed.length === 0) return outcome
  const { organizationId, id } = member
  if (removed.length > 0) await tx.rows(takeAway, [organizationId, id, removed.map(role => role.id)])
  await giveRoles(
    tx,
    member,
    added.map(role => role.id),
  )
  if (removed.some(role => role.isOwner)) await refuseWithoutOwner(tx, organizationId)
  const label = (await tx.load.principalById.load(member.principalId))?.displayName ?? ''
  const changes = listChange(
    'roles',
    removed.map(role => role.name),
    added.map(role => role.name),
  )
  tx.record({ organizationId, action: 'MEMBER_ROLES_CHANGED', target: { type: 'Membership', id, label }, changes })
  tx.emit(organizationId, 'MEMBER_ROLES_CHANGED', {
    organizationId,
    membershipId: id,
    addedRoleIds: added.map(role => role.id),
    removedRoleIds: removed.map(role => role.id),
  })
  return outcome
}
