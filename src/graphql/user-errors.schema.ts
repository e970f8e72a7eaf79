import { seeInvitation } from '../auth/invitation-policy.ts'
import { seeMembership } from '../auth/policy.ts'
import {
  AlreadyInvitedError,
  AlreadyMemberError,
  EmailDomainBlockedError,
  EmailMismatchError,
  EmailNotVerifiedError,
  IdempotencyKeyReusedError,
  type InputIssue,
  InvalidInputError,
  InvitationClosedError,
  LastOwnerError,
  MembershipSuspendedError,
  OrganizationLimitReachedError,
  PermissionEscalationError,
  RoleNotAssignableError,
  SeatLimitReachedError,
  SlugTakenError,
  StaleVersionError,
  type UserError,
} from '../errors.ts'
import { InvitationStatus } from '../invitations/invitation.schema.ts'
import { builder } from './builder.ts'
import { encodeNodeId } from './ids.ts'
import { presentOne, required } from './present.ts'
import { InvitationRef, MembershipRef, OrganizationRef, PermissionRef } from './refs.ts'

export const UserErrorRef = builder.interfaceRef<UserError>('UserError').implement({
  description: 'A business outcome the client can act on. One it does not know can be shown by its message.',
  fields: t => ({ message: t.exposeString('message', { description: 'What was wrong and what to do, for people.' }) }),
})
const interfaces = [UserErrorRef]

const InputIssueRef = builder.objectRef<InputIssue>('InputIssue').implement({
  description: 'One thing wrong with the input.',
  fields: t => ({
    path: t.stringList({ description: 'Where: `["input", "name"]`.', resolve: issue => [...issue.path] }),
    message: t.exposeString('message', { description: 'What is wrong there, and what would be right.' }),
  }),
})

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input breaks a rule that it shows itself: a length, a format, a combination.',
  interfaces,
  fields: t => ({
    issues: t.field({
      type: [InputIssueRef],
      description: 'Each thing that is wrong.',
      resolve: error => [...error.issues],
    }),
  }),
})
builder.objectType(IdempotencyKeyReusedError, {
  name: 'IdempotencyKeyReusedError',
  description: 'The key was used for another mutation or another input within the last 24 hours. Nothing was done.',
  interfaces,
})
builder.objectType(EmailDomainBlockedError, {
  name: 'EmailDomainBlockedError',
  description: 'The deployment invites nobody with an address at this domain.',
  interfaces,
  fields: t => ({ domain: t.exposeString('domain', { description: 'The domain of the address, in ASCII.' }) }),
})
builder.objectType(SlugTakenError, {
  name: 'SlugTakenError',
  description: 'Another organization, a deleted one perhaps, has this slug, or had it until lately.',
  interfaces,
  fields: t => ({
    suggestion: t.exposeString('suggestion', { description: 'A slug close to it that is likely free.' }),
  }),
})
builder.objectType(OrganizationLimitReachedError, {
  name: 'OrganizationLimitReachedError',
  description: 'The viewer has created as many organizations as one user may.',
  interfaces,
  fields: t => ({ limit: t.exposeInt('limit', { description: 'How many that is.' }) }),
})
builder.objectType(StaleVersionError, {
  name: 'StaleVersionError',
  description: 'Somebody else changed the organization since the client read the version it sent.',
  interfaces,
  fields: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization as it is now.',
      resolve: (error, _args, { load }) => required(load.organizationById.load(error.organizationId)),
    }),
  }),
})
builder.objectType(AlreadyMemberError, {
  name: 'AlreadyMemberError',
  description: 'Whoever was to become a member is one already.',
  interfaces,
  fields: t => ({
    membership: t.field({
      type: MembershipRef,
      nullable: true,
      description: 'The membership that is there; null for who may not see it, and once it is gone.',
      resolve: (error, _args, context) =>
        presentOne(
          error.membershipId,
          context.load.membershipById,
          async row => (await seeMembership(context, row)) === null,
        ),
    }),
  }),
})
builder.objectType(MembershipSuspendedError, {
  name: 'MembershipSuspendedError',
  description: 'The viewer is a member already, and suspended; only a member who may restore them can change that.',
  interfaces,
})
builder.objectType(AlreadyInvitedError, {
  name: 'AlreadyInvitedError',
  description: 'The address has a pending invitation already.',
  interfaces,
  fields: t => ({
    invitation: t.field({
      type: InvitationRef,
      nullable: true,
      description: 'The invitation that is there; null for who may not see it.',
      resolve: (error, _args, context) =>
        presentOne(
          error.invitationId,
          context.load.invitationById,
          async row => (await seeInvitation(context, row)) === null,
        ),
    }),
  }),
})
builder.objectType(InvitationClosedError, {
  name: 'InvitationClosedError',
  description: 'The invitation is no longer pending.',
  interfaces,
  fields: t => ({
    status: t.field({ type: InvitationStatus, description: 'What it is instead.', resolve: error => error.status }),
  }),
})
builder.objectType(EmailMismatchError, {
  name: 'EmailMismatchError',
  description: 'The viewer has no verified address equal to the invited one.',
  interfaces,
  fields: t => ({
    maskedEmail: t.exposeString('maskedEmail', { description: 'Whom it is for, in part: `a***@example.com`.' }),
  }),
})
builder.objectType(EmailNotVerifiedError, {
  name: 'EmailNotVerifiedError',
  description: 'No identity provider vouches for the address of whoever is to join.',
  interfaces,
})
builder.objectType(SeatLimitReachedError, {
  name: 'SeatLimitReachedError',
  description: 'Every seat of the organization is taken.',
  interfaces,
  fields: t => ({ seatLimit: t.exposeInt('seatLimit', { description: 'How many seats there are.' }) }),
})
builder.objectType(LastOwnerError, {
  name: 'LastOwnerError',
  description: 'An organization would be left without an active owner.',
  interfaces,
  fields: t => ({
    organizations: t.field({
      type: [OrganizationRef],
      description: 'Which organizations, of those that the viewer may see; at most 20.',
      resolve: async (error, _args, { load }) => {
        const rows = await Promise.all(error.organizationIds.map(id => load.organizationById.load(id)))
        return rows.filter(row => row !== null)
      },
    }),
  }),
})
builder.objectType(PermissionEscalationError, {
  name: 'PermissionEscalationError',
  description: 'Nobody grants what they do not hold themselves.',
  interfaces,
  fields: t => ({
    missing: t.field({
      type: [PermissionRef],
      description: 'The permissions that the viewer lacks.',
      resolve: async (error, _args, { load }) => {
        const rows = await Promise.all(error.missing.map(id => load.permissionById.load(id)))
        return rows.filter(row => row !== null).sort((a, b) => a.key.localeCompare(b.key, 'en'))
      },
    }),
  }),
})
builder.objectType(RoleNotAssignableError, {
  name: 'RoleNotAssignableError',
  description: 'A role is unknown here, of the other kind, or custom to another organization. Nothing was assigned.',
  interfaces,
  fields: t => ({
    roleIds: t.idList({
      description: 'Which of the roles.',
      resolve: error => error.roleIds.map(id => encodeNodeId('OrganizationRole', id)),
    }),
  }),
})
