import { z } from 'zod'
import * as policy from '../auth/joining-policy.ts'
import { seeMembership, signedIn } from '../auth/policy.ts'
import type { Context } from '../context.ts'
import {
  AlreadyMemberError,
  EmailDomainBlockedError,
  EmailNotVerifiedError,
  InvalidInputError,
  MembershipSuspendedError,
  PermissionEscalationError,
  RoleNotAssignableError,
  SeatLimitReachedError,
} from '../errors.ts'
import { inOrganization } from '../graphql/guards.ts'
import { idOf, idsOf } from '../graphql/ids.ts'
import { type Guard, mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { JoinRequestRef, MembershipRef, OrganizationRef } from '../graphql/refs.ts'
import { deploymentId } from '../ids.ts'
import type { Ask } from '../load.ts'
import { slugSought } from '../organizations/slug.ts'
import { description, message } from '../text.ts'
import { blockedDomainOf } from '../users/blocked-domain.ts'
import { emailDomains } from '../users/email-domain.ts'
import {
  AlreadyRequestedError,
  JoinRequestClosedError,
  JoinRequestLimitReachedError,
  JoinRequestTooSoonError,
} from './errors.ts'
import { JoinRequestAccess } from './join-policy.schema.ts'
import { updateJoinRequestPolicy } from './join-policy.service.ts'
import type { JoinRequestRow } from './join-request.loaders.ts'
import { approveJoinRequest, refuseJoinRequest, requestToJoin, withdrawJoinRequest } from './join-request.service.ts'

const ofRequest = <Input extends { joinRequestId: string }>(
  rule: Guard<Input, JoinRequestRow>['rule'],
): Guard<Input, JoinRequestRow> => ({
  noun: 'join request',
  find: (ask, { joinRequestId }) => ask.load.joinRequestById.load(joinRequestId),
  rule,
})
const joinRequest = (outcome: { joinRequestId: string }, _args: object, { load }: Context) =>
  required(load.joinRequestById.load(outcome.joinRequestId))
const joinRequestId = { ...idOf('JoinRequest'), required: true as const, description: 'Which request.' }

/**
 * Where the viewer may ask to join. Without a verified address, or with one at a blocked domain, the answer is the same
 * for every slug, and so tells of none: it is given for the deployment.
 */
async function findJoinable(ask: Ask, { slug }: { slug: string }) {
  if (ask.actor.kind !== 'USER') return null
  const { emailKey } = ask.actor
  const isNobody = emailKey === null || blockedDomainOf(emailKey, ask.config.blockedEmailDomains) !== null
  if (isNobody) return { organizationId: deploymentId, joins: null }
  const wanted = slugSought(slug)
  const id = wanted === null ? null : await ask.load.joinableOrganization.load(wanted)
  return id === null ? null : { organizationId: id, joins: id }
}

mutation('requestToJoin', {
  description:
    'Asks to become a member of an organization that lets the viewer ask. For users with a verified address; an organization that does not let them ask is one that does not exist.',
  input: t => ({
    slug: t.string({
      required: true,
      description: 'Which organization, by its slug of 3 to 63 characters, without regard to case.',
      extensions: { lookup: 'organization.slug' },
    }),
    message: t.string({ description: 'A word to who decides, at most 500 characters.' }),
  }),
}).does({
  valid: z.object({ message: message.nullish() }),
  guard: { noun: 'organization', find: findJoinable, rule: ask => signedIn(ask) },
  errors: [
    InvalidInputError,
    AlreadyMemberError,
    MembershipSuspendedError,
    AlreadyRequestedError,
    EmailDomainBlockedError,
    EmailNotVerifiedError,
    JoinRequestTooSoonError,
    JoinRequestLimitReachedError,
  ],
  run: (tx, input, { joins }) => requestToJoin(tx, joins, input.message ?? null),
  payload: t => ({
    joinRequest: t.field({ type: JoinRequestRef, description: 'The new request.', resolve: joinRequest }),
  }),
})

mutation('approveJoinRequest', {
  description:
    'Makes the requester a member. Requires `join-request:read` and `join-request:decide`, and every permission that the roles grant.',
  input: t => ({
    joinRequestId: t.field(joinRequestId),
    roleIds: t.field({
      ...idsOf('OrganizationRole'),
      description: 'USER roles to hold, at most 100; absent: the default role.',
    }),
  }),
}).does({
  guard: ofRequest(policy.decideJoinRequest),
  errors: [
    JoinRequestClosedError,
    EmailNotVerifiedError,
    RoleNotAssignableError,
    PermissionEscalationError,
    SeatLimitReachedError,
  ],
  run: (tx, input, target) => approveJoinRequest(tx, input.roleIds, target),
  payload: t => ({
    joinRequest: t.field({ type: JoinRequestRef, description: 'The request as it is now.', resolve: joinRequest }),
    membership: t.field({
      type: MembershipRef,
      nullable: true,
      description: 'The new membership; null for who may not see the members.',
      resolve: async ({ membershipId }, _args, context) => {
        const row = await context.load.membershipById.load(membershipId)
        return row !== null && (await seeMembership(context, row)) === null ? row : null
      },
    }),
  }),
})

mutation('refuseJoinRequest', {
  description: 'Refuses a request to join. Requires `join-request:read` and `join-request:decide`.',
  input: t => ({
    joinRequestId: t.field(joinRequestId),
    reason: t.string({ description: 'Why, for the people of the organization; at most 256 characters.' }),
  }),
}).does({
  valid: z.object({ reason: description.nullish() }),
  guard: ofRequest(policy.decideJoinRequest),
  errors: [InvalidInputError, JoinRequestClosedError],
  run: (tx, input, target) => refuseJoinRequest(tx, input.reason ?? null, target),
  payload: t => ({
    joinRequest: t.field({ type: JoinRequestRef, description: 'The request as it is now.', resolve: joinRequest }),
  }),
})

mutation('withdrawJoinRequest', {
  description: 'Takes a pending request of the viewer back.',
  input: t => ({ joinRequestId: t.field(joinRequestId) }),
}).does({
  guard: ofRequest(policy.withdrawJoinRequest),
  errors: [JoinRequestClosedError],
  run: (tx, _input, target) => withdrawJoinRequest(tx, target),
  payload: t => ({
    joinRequest: t.field({ type: JoinRequestRef, description: 'The request as it is now.', resolve: joinRequest }),
  }),
})

mutation('updateJoinRequestPolicy', {
  description: 'Says who may ask to join. Requests that are pending stay so. Requires `join-request:configure`.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Which organization.' }),
    access: t.field({ type: JoinRequestAccess, required: true, description: 'Who may.' }),
    emailDomains: t.stringList({
      description:
        'With EMAIL_DOMAINS, and only then, 1 to 100 domains: `acme.com`, or `*.acme.com` for every domain below it.',
    }),
  }),
}).does({
  valid: z.object({ emailDomains: emailDomains.nullish() }),
  guard: inOrganization('join-request:configure'),
  errors: [InvalidInputError],
  run: updateJoinRequestPolicy,
  payload: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization as it is now.',
      resolve: ({ organizationId }, _args, { load }) => required(load.organizationById.load(organizationId)),
    }),
  }),
})
