/**
 * EVERY rule "who may do what" stands here and in the files beside it that end in -policy.ts: of invitations, of
 * memberships, of organizations, of joining. Each answers with the refusal, or null when the actor may. Scope-auth asks
 * before a resolver runs, a mutation's transaction asks again under its locks, and the `viewerCan…` fields ask the same.
 */
import { RequestError } from '../errors.ts'
import { deploymentId } from '../ids.ts'
import type { Ask } from '../load.ts'
import type { MembershipRow } from '../members/membership.loaders.ts'
import type { RoleRow } from '../roles/role.loaders.ts'
import { manages as actorManages, bindingOf } from './actor.ts'
import { type GatewayPermission, gatewayPermissionKey, type ManagementPermission } from './permissions.ts'
import { standingIn } from './standing.ts'

export type Verdict = RequestError | null

// ── General ──────────────────────────────────────────────────────────────────────────────────────

/** A caller is somebody when a valid token says who. */
export function signedIn(ask: Ask): Verdict {
  if (ask.actor.kind !== 'ANONYMOUS') return null
  return new RequestError('UNAUTHENTICATED', 'Sign in: send a token as "Authorization: Bearer <token>".')
}

/** An operator may do what a management permission says, deployment-wide, when they hold it. */
export function manages(ask: Ask, permission: ManagementPermission): Verdict {
  if (actorManages(ask.actor, permission)) return null
  return (
    signedIn(ask) ??
    (bindingOf(ask.actor) === null ? null : beyondToken({ permission })) ??
    new RequestError('FORBIDDEN', `This needs the management permission ${permission}.`, { permission })
  )
}

/** An organization token reaches its own organization; another is like one that does not exist, and the deployment is closed to it (TOK-7). */
export function withinToken(ask: Ask, organizationId: string, noun: string): Verdict {
  const token = bindingOf(ask.actor)
  if (token === null || token.organizationId === organizationId) return null
  return organizationId === deploymentId ? beyondToken() : notFound(noun)
}

/** What a person decides for themselves (to join, to leave, to own) is not in any permission, and so not in an organization token (TOK-7). */
export function inPerson(ask: Ask): Verdict {
  if (bindingOf(ask.actor) === null) return null
  return new RequestError(
    'FORBIDDEN',
    'A person decides this for themselves, and no organization token does it: use a token for the gateway.',
  )
}

/** A member may do in an organization what their roles permit; an operator what their management permissions cover. */
export async function holds(ask: Ask, organizationId: string, permission: GatewayPermission): Promise<Verdict> {
  const anonymous = signedIn(ask)
  if (anonymous !== null) return anonymous
  const standing = await standingIn(ask, organizationId)
  if (standing === null) return notFound('organization')
  if (standing.permissions.has(permission)) return null
  return new RequestError('FORBIDDEN', `This needs the permission ${permission} in the organization.`, { permission })
}

/** As `holds`, to change something: nothing changes in a deleted organization. */
export async function holdsToChange(ask: Ask, organizationId: string, permission: GatewayPermission): Promise<Verdict> {
  const standing = await standingIn(ask, organizationId)
  if (standing !== null && standing.organization.deletedAt !== null) return signedIn(ask) ?? notFound('organization')
  return holds(ask, organizationId, permission)
}

// ── Organizations ────────────────────────────────────────────────────────────────────────────────

/** A signed-in user may create an organization where the configuration lets everyone; an operator always (ORG-4). */
export function createOrganization(ask: Ask): Verdict {
  if (actorManages(ask.actor, 'organizations:write')) return null
  const refused = signedIn(ask) ?? withinToken(ask, deploymentId, 'deployment')
  if (refused !== null) return refused
  if (ask.actor.kind === 'MACHINE') return new RequestError('FORBIDDEN', 'Machines cannot create organizations.')
  if (ask.config.organizationCreation === 'EVERYONE') return null
  return new RequestError('FORBIDDEN', 'Only operators create organizations here.', {
    permission: 'organizations:write',
  })
}

/** A member may leave the organization they are in, unless suspended, or it is deleted: a restore brings back all that was there. */
export async function leaveOrganization(ask: Ask, organizationId: string): Promise<Verdict> {
  const standing = await standingIn(ask, organizationId)
  if (standing === null || standing.organization.deletedAt !== null) return signedIn(ask) ?? notFound('organization')
  return standing.organization.viewerMembershipId === null
    ? new RequestError('FORBIDDEN', 'You are no active member here.')
    : inPerson(ask)
}

// ── Members ──────────────────────────────────────────────────────────────────────────────────────

/** A membership may be seen by its own principal, and by whoever holds member:read there. */
export async function seeMembership(ask: Ask, membership: MembershipRow): Promise<Verdict> {
  const anonymous = signedIn(ask)
  if (anonymous !== null) return anonymous
  const standing = await standingIn(ask, membership.organizationId)
  return standing !== null && (isOwn(ask, membership) || standing.permissions.has('member:read'))
    ? null
    : notFound('membership')
}

/** Whether it is the actor's own membership. */
export function isOwn({ actor }: Ask, membership: MembershipRow): boolean {
  return actor.kind !== 'ANONYMOUS' && actor.id === membership.principalId
}

/** A member may be removed by themselves, and by whoever holds member:remove and every permission that they hold (MEM-6, MEM-7). */
export async function removeMember(ask: Ask, membership: MembershipRow): Promise<Verdict> {
  const unseen = await seeMembership(ask, membership)
  if (unseen !== null) return unseen
  if (isOwn(ask, membership)) return leaveOrganization(ask, membership.organizationId)
  return (await holdsToChange(ask, membership.organizationId, 'member:remove')) ?? outranks(ask, membership)
}

/** A member's roles may be changed by whoever holds member:assign-role and every permission that they hold (MEM-7). */
export async function changeMemberRoles(ask: Ask, membership: MembershipRow): Promise<Verdict> {
  return (
    (await seeMembership(ask, membership)) ??
    (await holdsToChange(ask, membership.organizationId, 'member:assign-role')) ??
    outranks(ask, membership)
  )
}

/** The roles of several members may be changed by whoever may change those of each: of all of them, or of none (ROL-5). */
export async function changeRolesOfMembers(ask: Ask, where: string, all: readonly MembershipRow[]): Promise<Verdict> {
  const verdicts = await Promise.all(all.map(one => changeMemberRoles(ask, one)))
  return verdicts.find(verdict => verdict !== null) ?? holdsToChange(ask, where, 'member:assign-role')
}

/** Nobody touches a member who holds a permission that they lack; what a suspended one holds counts, too (MEM-7). */
export async function outranks(ask: Ask, membership: MembershipRow): Promise<Verdict> {
  const standing = await standingIn(ask, membership.organizationId)
  const theirs = await ask.load.permissionIdsByMembership.load(membership)
  const lacking = theirs.filter(id => standing?.mayGrant(id) !== true)
  if (lacking.length === 0) return null
  const rows = await Promise.all(lacking.map(id => ask.load.permissionById.load(id)))
  const missing = rows.flatMap(row => (row === null ? [] : [row.key])).sort()
  return new RequestError('FORBIDDEN', 'This member holds permissions that you lack.', { missing })
}

/** A user or an application may be known by themselves, by fellow members with member:read, and by operators (MEM-12). */
export async function seePrincipal(ask: Ask, principalId: string): Promise<Verdict> {
  return signedIn(ask) ?? ((await ask.load.isKnown.load(principalId)) ? null : notFound('user or application'))
}

// ── Roles ────────────────────────────────────────────────────────────────────────────────────────

/** A role of the template may be seen by everyone signed in; a custom role by whoever sees its organization (TPL-9). */
export async function seeRole(ask: Ask, role: RoleRow): Promise<Verdict> {
  const anonymous = signedIn(ask)
  if (anonymous !== null || role.organizationId === null) return anonymous
  return (await standingIn(ask, role.organizationId)) === null ? notFound('role') : null
}

/** A role may be changed or deleted by who may change the template, or holds role:manage in its organization. */
export async function manageRole(ask: Ask, role: RoleRow): Promise<Verdict> {
  if (role.organizationId === null) return manages(ask, 'template:write')
  return (await seeRole(ask, role)) ?? holdsToChange(ask, role.organizationId, 'role:manage')
}

/** A role may be given by whoever may give roles, invite, make links or see and approve requests there, and holds all of its permissions (ROL-3). */
export async function assignRole(ask: Ask, organizationId: string, role: RoleRow): Promise<Verdict> {
  const able = (permission: GatewayPermission) => holdsToChange(ask, organizationId, permission)
  const verdicts = await Promise.all([
    able('member:assign-role'),
    able('invitation:create'),
    able('invite-link:create'),
    able('join-request:read').then(unseen => unseen ?? able('join-request:decide')),
  ])
  if (!verdicts.includes(null)) return verdicts[0] ?? null
  const missing = await missingToGrant(ask, organizationId, [role.id])
  return missing.length === 0 ? null : new RequestError('FORBIDDEN', 'This role permits what you may not do.')
}

/** The permissions of these roles that the actor could not grant there: none may be missing (ROL-3). */
export async function missingToGrant(ask: Ask, organizationId: string, roleIds: readonly string[]): Promise<string[]> {
  const permissions = await Promise.all(roleIds.map(id => ask.load.permissionIdsByRole.load(id)))
  return missingPermissions(
    ask,
    organizationId,
    permissions.flat().map(row => row.permissionId),
  )
}

/** Those of the permissions that the actor could not grant there. */
export async function missingPermissions(
  ask: Ask,
  organizationId: string,
  permissionIds: readonly string[],
): Promise<string[]> {
  const standing = await standingIn(ask, organizationId)
  return [...new Set(permissionIds)].filter(id => standing?.mayGrant(id) !== true)
}

/** Those gateway permissions that the actor may not add to the template: they need organizations:write, too (MGT-2). */
export function missingInTemplate(ask: Ask, permissionIds: readonly string[]): string[] {
  if (actorManages(ask.actor, 'organizations:write')) return []
  return permissionIds.filter(id => gatewayPermissionKey(id) !== undefined)
}

/** The answer to an organization token that asks for what is no matter of its organization. */
function beyondToken(details: { permission?: string } = {}): RequestError {
  return new RequestError(
    'FORBIDDEN',
    'This token is for one organization, and this is beyond it: use a token for the gateway.',
    details,
  )
}

/** The answer for what does not exist, and for what the actor may not know of: one and the same. */
export function notFound(noun: string): RequestError {
  return new RequestError('NOT_FOUND', `There is no ${noun} with this id, or it is not yours to see.`)
}
