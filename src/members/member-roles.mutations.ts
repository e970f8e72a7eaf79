import { z } from 'zod'
import * as policy from '../auth/policy.ts'
import type { Context } from '../context.ts'
import { InvalidInputError, LastOwnerError, PermissionEscalationError, RoleNotAssignableError } from '../errors.ts'
import { findOrganization } from '../graphql/guards.ts'
import { idOf, idsOf } from '../graphql/ids.ts'
import { type Guard, mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { MembershipRef } from '../graphql/refs.ts'
import { RoleManagedByGroupsError } from '../roles/errors.ts'
import { changeRoles, replaceMemberRoles } from './member-roles.ts'
import type { MembershipRow } from './membership.loaders.ts'

const most = 500

const ofMembership: Guard<{ membershipId: string }, MembershipRow> = {
  noun: 'membership',
  find: (ask, { membershipId }) => ask.load.membershipById.load(membershipId),
  rule: policy.changeMemberRoles,
}
interface Place {
  organizationId: string
  members: readonly MembershipRow[]
}
/** All of one organization: one that is not there, or is of another, makes the whole call one for nothing. */
const ofMembers: Guard<{ organizationId: string; membershipIds: string[] }, Place> = {
  noun: 'organization, or membership there,',
  find: async (ask, { organizationId, membershipIds }) => {
    const ids = [...new Set(membershipIds)]
    const rows = await Promise.all(ids.map(id => ask.load.membershipById.load(id)))
    const members = rows.filter(row => row?.organizationId === organizationId).filter(row => row !== null)
    if ((await findOrganization(ask, { organizationId })) === null || members.length < ids.length) return null
    return { organizationId, members }
  },
  rule: (ask, { organizationId, members }) => policy.changeRolesOfMembers(ask, organizationId, members),
}

const membership = ({ membershipIds: [id = ''] }: { membershipIds: string[] }, _args: object, { load }: Context) =>
  required(load.membershipById.load(id))
const roleIds = (description: string) => ({ ...idsOf('OrganizationRole'), description })
const membershipId = { ...idOf('Membership'), required: true as const, description: 'Which membership.' }
const add = 'Roles to give; those already held stay. At most 100.'
const remove = 'Roles to take; those not held are no matter. At most 100.'

mutation('changeMemberRoles', {
  description:
    'Gives roles to a member and takes roles away; all or nothing. Requires `member:assign-role`, and every permission that the member holds or is to hold.',
  input: t => ({
    membershipId: t.field(membershipId),
    addRoleIds: t.field(roleIds(add)),
    removeRoleIds: t.field(roleIds(remove)),
  }),
}).does({
  guard: ofMembership,
  errors: [
    InvalidInputError,
    RoleNotAssignableError,
    PermissionEscalationError,
    LastOwnerError,
    RoleManagedByGroupsError,
  ],
  run: (tx, input, member) => changeRoles(tx, input, member.organizationId, [member]),
  payload: t => ({
    membership: t.field({ type: MembershipRef, description: 'The membership as it is now.', resolve: membership }),
  }),
})

mutation('replaceMemberRoles', {
  description: "Makes these roles the member's, and no others; all or nothing. Requires what `changeMemberRoles` does.",
  input: t => ({
    membershipId: t.field(membershipId),
    roleIds: t.field({ ...roleIds('The roles from now on; empty for none. At most 100.'), required: true }),
  }),
}).does({
  guard: ofMembership,
  errors: [RoleNotAssignableError, PermissionEscalationError, LastOwnerError, RoleManagedByGroupsError],
  run: replaceMemberRoles,
  payload: t => ({
    membership: t.field({ type: MembershipRef, description: 'The membership as it is now.', resolve: membership }),
  }),
})

mutation('changeRolesOfMembers', {
  description:
    'Gives roles to many members of one organization and takes roles away; of all of them, or of none. Requires what `changeMemberRoles` does, for each.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Where.' }),
    membershipIds: t.field({
      ...idsOf('Membership'),
      extensions: { node: ['Membership'], most },
      required: true,
      description: `Whose, 1 to ${most}; one named twice counts once. Roles are for people or for machines, so are these.`,
    }),
    addRoleIds: t.field(roleIds(add)),
    removeRoleIds: t.field(roleIds(remove)),
  }),
}).does({
  complexity: ({ membershipIds }) => ({ field: 1, multiplier: Math.max(1, membershipIds.length) }),
  valid: z.object({ membershipIds: z.array(z.string()).min(1, 'Name at least one membership.') }),
  guard: ofMembers,
  errors: [
    InvalidInputError,
    RoleNotAssignableError,
    PermissionEscalationError,
    LastOwnerError,
    RoleManagedByGroupsError,
  ],
  run: (tx, input, { organizationId, members }) => changeRoles(tx, input, organizationId, members),
  payload: t => ({
    memberships: t.field({
      type: [MembershipRef],
      description: `The memberships as they are now, in the order in which they were named; at most ${most}.`,
      complexity: { field: 0, multiplier: 1 },
      resolve: ({ membershipIds }, _args, { load }) =>
        Promise.all(membershipIds.map(id => required(load.membershipById.load(id)))),
    }),
    changedCount: t.int({
      description: 'How many of them changed: those who already held what was given, and not what was taken, did not.',
      resolve: outcome => outcome.changedCount,
    }),
  }),
})
