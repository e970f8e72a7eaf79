import * as members from '../auth/membership-policy.ts'
import * as policy from '../auth/policy.ts'
import type { Context } from '../context.ts'
import {
  AlreadyMemberError,
  InvalidInputError,
  LastOwnerError,
  PermissionEscalationError,
  RoleNotAssignableError,
  SeatLimitReachedError,
} from '../errors.ts'
import { CustomDataChange } from '../graphql/custom-data.ts'
import { findOrganization } from '../graphql/guards.ts'
import { encodeNodeId, idOf, idsOf, type NodeType } from '../graphql/ids.ts'
import { type Guard, mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { MembershipRef, OrganizationRef } from '../graphql/refs.ts'
import type { Ask } from '../load.ts'
import type { MembershipRow } from './membership.loaders.ts'
import { addMember, removeMember } from './membership.service.ts'
import { restoreMember, suspendMember } from './suspension.ts'
import { updateMember } from './update-member.ts'

const ofMembership = (
  rule: Guard<{ membershipId: string }, MembershipRow>['rule'],
): Guard<{ membershipId: string }, MembershipRow> => ({
  noun: 'membership',
  find: (ask, { membershipId }) => ask.load.membershipById.load(membershipId),
  rule,
})

/** Whoever is to become a member must be known to the viewer; the guard says not found otherwise. */
const ofKnown = <Input extends { organizationId: string }>(
  kind: 'USER' | 'MACHINE',
  idIn: (input: Input) => string,
) => ({
  noun: kind === 'USER' ? 'organization or user' : 'organization or application',
  find: findOrganization,
  rule: async (ask: Ask, { organizationId }: { organizationId: string }, input: Input) => {
    const refused =
      (await policy.holdsToChange(ask, organizationId, 'member:add')) ?? (await policy.seePrincipal(ask, idIn(input)))
    if (refused !== null) return refused
    return (await ask.load.principalById.load(idIn(input)))?.kind === kind
      ? null
      : policy.notFound('user or application')
  },
})

const membership = (outcome: { membershipId: string }, _args: object, { load }: Context) =>
  required(load.membershipById.load(outcome.membershipId))
const roleIds = (description: string) => ({ ...idsOf('OrganizationRole' satisfies NodeType), description })
const membershipId = { ...idOf('Membership'), required: true as const, description: 'Which membership.' }

mutation('addMember', {
  description: 'Makes a known user a member at once, without an invitation. Requires `member:add`.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Where.' }),
    userId: t.field({ ...idOf('User'), required: true, description: 'Who: a user the viewer may see.' }),
    roleIds: t.field(roleIds('USER roles, at most 100; absent: the default role.')),
  }),
}).does({
  guard: ofKnown('USER', input => input.userId),
  errors: [AlreadyMemberError, RoleNotAssignableError, PermissionEscalationError, SeatLimitReachedError],
  run: (tx, input) => addMember(tx, { ...input, principalId: input.userId }),
  payload: t => ({
    membership: t.field({
      type: MembershipRef,
      nullable: true,
      description: 'The new membership; never null, and only typed as in AlreadyMemberError.',
      resolve: membership,
    }),
  }),
})

mutation('addMachineMember', {
  description: 'Makes a machine application a member, with roles of the kind MACHINE. Requires `member:add`.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Where.' }),
    applicationId: t.field({ ...idOf('MachineApplication'), required: true, description: 'Which application.' }),
    roleIds: t.field({ ...roleIds('MACHINE roles, at most 100.'), required: true }),
  }),
}).does({
  guard: ofKnown('MACHINE', input => input.applicationId),
  errors: [AlreadyMemberError, RoleNotAssignableError, PermissionEscalationError, SeatLimitReachedError],
  run: (tx, input) => addMember(tx, { ...input, principalId: input.applicationId }),
  payload: t => ({
    membership: t.field({
      type: MembershipRef,
      nullable: true,
      description: 'The new membership; never null, and only typed as in AlreadyMemberError.',
      resolve: membership,
    }),
  }),
})

mutation('updateMember', {
  description: 'Changes what the product keeps of a member in this organization. Requires `member:update`.',
  input: t => ({
    membershipId: t.field(membershipId),
    customData: t.field({ type: CustomDataChange, description: 'Absent: it stays. At most 16 KiB and 8 levels.' }),
  }),
}).does({
  guard: ofMembership(members.updateMember),
  errors: [InvalidInputError],
  run: updateMember,
  payload: t => ({
    membership: t.field({ type: MembershipRef, description: 'The membership as it is now.', resolve: membership }),
  }),
})

mutation('suspendMember', {
  description:
    'Takes all access from a member at once, who keeps membership and roles; their pending invitations are revoked. Requires `member:suspend` and every permission that the member holds; nobody suspends themselves.',
  input: t => ({ membershipId: t.field(membershipId) }),
}).does({
  guard: ofMembership(members.suspendMember),
  errors: [InvalidInputError, LastOwnerError],
  run: (tx, _input, target) => suspendMember(tx, target),
  payload: t => ({
    membership: t.field({ type: MembershipRef, description: 'The membership as it is now.', resolve: membership }),
  }),
})

mutation('restoreMember', {
  description: 'Gives a suspended member the access back that their roles permit. Requires what `suspendMember` does.',
  input: t => ({ membershipId: t.field(membershipId) }),
}).does({
  guard: ofMembership(members.suspendMember),
  errors: [InvalidInputError],
  run: (tx, _input, target) => restoreMember(tx, target),
  payload: t => ({
    membership: t.field({ type: MembershipRef, description: 'The membership as it is now.', resolve: membership }),
  }),
})

mutation('removeMember', {
  description:
    "Ends a membership: a user's or a machine's. Requires `member:remove` and every permission that the member holds; with one's own membership it is leaving, which needs nothing.",
  input: t => ({ membershipId: t.field(membershipId) }),
}).does({
  guard: ofMembership(policy.removeMember),
  errors: [LastOwnerError],
  run: (tx, _input, target) => removeMember(tx, target),
  payload: t => ({
    removedMembershipId: t.id({
      description: 'The id of the membership that ended.',
      resolve: outcome => encodeNodeId('Membership', outcome.removedMembershipId),
    }),
    organization: t.field({
      type: OrganizationRef,
      nullable: true,
      description: 'The organization; null for one who left it.',
      resolve: (outcome, _args, { load }) => load.organizationById.load(outcome.organizationId),
    }),
  }),
})
