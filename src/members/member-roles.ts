import { listChange } from '../audit/changes.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import { assignableRoles, refuseEscalation } from '../roles/assignable.ts'
import type { RoleRow } from '../roles/role.loaders.ts'
import { refuseManaged } from './managed-roles.ts'
import type { MembershipRow } from './membership.loaders.ts'
import { refuseWithoutOwner } from './owners.ts'

const give = statement(
  'give_roles',
  `insert into membership_role (organization_id, membership_id, kind, template_role_id, custom_role_id, assigned_by, assigned_at)
   select given.organization_id, given.membership_id, given.kind, given.template_role_id, given.custom_role_id, $6, $7
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[])
     as given (organization_id, membership_id, kind, template_role_id, custom_role_id)
   on conflict do nothing`,
)
const takeAway = statement(
  'take_roles',
  `delete from membership_role mr
   using unnest($1::uuid[], $2::uuid[], $3::uuid[]) as taken (organization_id, membership_id, role_id)
   where mr.organization_id = taken.organization_id and mr.membership_id = taken.membership_id and mr.role_id = taken.role_id`,
)

/** What becomes of the roles of one member. */
interface RoleChange<Member = MembershipRow> {
  readonly member: Member
  readonly added: readonly RoleRow[]
  readonly removed: readonly RoleRow[]
}

/** Gives roles that were found assignable, each member's in their organization; those already held stay as they are (TPL-5). */
export async function giveRoles(
  tx: Tx,
  given: readonly Omit<RoleChange<Pick<MembershipRow, 'organizationId' | 'id' | 'kind'>>, 'removed'>[],
): Promise<void> {
  const pairs = given.flatMap(({ member, added }) => added.map(role => ({ member, role })))
  if (pairs.length === 0) return
  await tx.rows(give, [
    pairs.map(({ member }) => member.organizationId),
    pairs.map(({ member }) => member.id),
    pairs.map(({ member }) => member.kind),
    pairs.map(({ role }) => (role.organizationId === null ? role.id : null)),
    pairs.map(({ role }) => (role.organizationId === null ? null : role.id)),
    tx.actorId,
    tx.now,
  ])
}

export interface ChangeRoles {
  addRoleIds?: readonly string[] | null | undefined
  removeRoleIds?: readonly string[] | null | undefined
}

/** Gives and takes roles of members of one organization: all or nothing, in a constant number of statements (ROL-5). */
export async function changeRoles(
  tx: Tx,
  input: ChangeRoles,
  organizationId: string,
  members: readonly MembershipRow[],
) {
  const [add, remove] = [input.addRoleIds ?? [], input.removeRoleIds ?? []]
  if (add.some(id => remove.includes(id)))
    throw new InvalidInputError([
      { path: ['input', 'removeRoleIds'], message: 'A role cannot be given and taken in one call.' },
    ])
  const wanted = await rolesFor(tx, organizationId, members, [...add, ...remove])
  const [adding, removing] = [new Set(add), new Set(remove)]
  const changes = await changesOf(tx, members, held => ({
    added: wanted.filter(role => adding.has(role.id) && !held.has(role)),
    removed: [...held].filter(role => removing.has(role.id)),
  }))
  await refuseManaged(tx, changes)
  await refuseEscalation(tx, organizationId, [...new Set(changes.flatMap(change => change.added))])
  return applyChanges(tx, changes)
}

/** Makes these roles the member's, by difference (TPL-5). */
export async function replaceMemberRoles(tx: Tx, input: { roleIds: readonly string[] }, member: MembershipRow) {
  const { organizationId } = member
  const wanted = await rolesFor(tx, organizationId, [member], input.roleIds)
  const changes = await changesOf(tx, [member], held => ({
    added: wanted.filter(role => !held.has(role)),
    removed: [...held].filter(role => !wanted.includes(role)),
  }))
  await refuseManaged(tx, changes)
  await refuseEscalation(
    tx,
    organizationId,
    changes.flatMap(change => change.added),
  )
  return applyChanges(tx, changes)
}

/** Gives further roles, offered under a ceiling of their own, to one who is a member already (INV-8). */
export function addOfferedRoles(tx: Tx, member: MembershipRow, roleIds: readonly string[]) {
  return swapRoles(tx, member, roleIds, [])
}

/** Gives some roles and takes others, where the way that leads here has a ceiling of its own. */
export async function swapRoles(tx: Tx, member: MembershipRow, give: readonly string[], take: readonly string[]) {
  const offered = await rolesFor(tx, member.organizationId, [member], give)
  const changes = await changesOf(tx, [member], held => ({
    added: offered.filter(role => !held.has(role)),
    removed: [...held].filter(role => take.includes(role.id)),
  }))
  return applyChanges(tx, changes)
}

/** Gives and takes roles of members of any organizations that groups decide: what is given was found fit (SSO-6). */
export async function settleRoles(
  tx: Tx,
  settled: readonly { member: MembershipRow; given: readonly RoleRow[]; taken: ReadonlySet<string> }[],
): Promise<void> {
  const changes = settled.map(({ member, given, taken }) =>
    changesOf(tx, [member], held => ({
      added: given.filter(role => !held.has(role)),
      removed: [...held].filter(role => taken.has(role.id)),
    })),
  )
  await applyChanges(tx, (await Promise.all(changes)).flat())
}

/** The roles, which all of these members can hold; where both kinds are among them, there is no such role (ROL-2). */
async function rolesFor(tx: Tx, organizationId: string, members: readonly MembershipRow[], ids: readonly string[]) {
  let roles: RoleRow[] = []
  for (const kind of new Set(members.map(member => member.kind)))
    roles = await assignableRoles(tx, organizationId, kind, ids)
  return roles
}

/** The change of each member, from what they hold; a role is one and the same row wherever it is held. */
async function changesOf(
  tx: Tx,
  members: readonly MembershipRow[],
  decide: (held: ReadonlySet<RoleRow>) => Omit<RoleChange, 'member'>,
): Promise<RoleChange[]> {
  return Promise.all(
    members.map(async member => {
      const ids = (await tx.load.roleIdsByMembership.load(member.id)).map(row => row.roleId)
      const roles = await Promise.all(ids.map(id => tx.load.roleById.load(id)))
      return { member, ...decide(new Set(roles.filter(role => role !== null))) }
    }),
  )
}

/** The one way in which roles of members change: all writes in a statement each, then an entry and an event for each member. */
async function applyChanges(tx: Tx, all: readonly RoleChange[]) {
  const changes = all.filter(({ added, removed }) => added.length + removed.length > 0)
  const taken = changes.flatMap(({ member, removed }) => removed.map(role => ({ member, role })))
  if (taken.length > 0)
    await tx.rows(takeAway, [
      taken.map(({ member }) => member.organizationId),
      taken.map(({ member }) => member.id),
      taken.map(({ role }) => role.id),
    ])
  await giveRoles(tx, changes)
  const left = taken.filter(({ role }) => role.isOwner).map(({ member }) => member.organizationId)
  for (const organizationId of new Set(left)) await refuseWithoutOwner(tx, organizationId)
  const principals = await Promise.all(changes.map(({ member }) => tx.load.principalById.load(member.principalId)))
  for (const [index, change] of changes.entries()) note(tx, change, principals[index]?.displayName ?? '')
  return { membershipIds: all.map(({ member }) => member.id), changedCount: changes.length }
}

function note(tx: Tx, { member, added, removed }: RoleChange, label: string): void {
  const { organizationId, id } = member
  const names = (roles: readonly RoleRow[]) => roles.map(role => role.name)
  const changes = listChange('roles', names(removed), names(added))
  tx.record({ organizationId, action: 'MEMBER_ROLES_CHANGED', target: { type: 'Membership', id, label }, changes })
  tx.emit(organizationId, 'MEMBER_ROLES_CHANGED', {
    organizationId,
    membershipId: id,
    addedRoleIds: added.map(role => role.id),
    removedRoleIds: removed.map(role => role.id),
  })
}
