import * as policy from '../auth/policy.ts'
import { builder } from '../graphql/builder.ts'
import { required } from '../graphql/present.ts'
import { JoinRequestRef, OrganizationRef } from '../graphql/refs.ts'
import { UserErrorRef } from '../graphql/user-errors.schema.ts'
import {
  AlreadyRequestedError,
  JoinRequestClosedError,
  JoinRequestLimitReachedError,
  JoinRequestTooSoonError,
} from './errors.ts'
import type { JoinPolicyRow } from './join-request.loaders.ts'
import { JoinRequestStatus } from './join-request.schema.ts'

export const JoinRequestAccess = builder.enumType('JoinRequestAccess', {
  description: 'Who may ask to join an organization.',
  values: {
    CLOSED: { description: 'Nobody: to who is no member, the organization is as good as not there.' },
    OPEN: { description: 'Every user with a verified address who knows the slug.' },
    EMAIL_DOMAINS: { description: 'Users who know the slug, with a verified address of one of the domains.' },
  } as const,
})

const JoinRequestPolicy = builder.objectRef<JoinPolicyRow>('JoinRequestPolicy').implement({
  description: 'Who may ask to join the organization.',
  fields: t => ({
    access: t.field({ type: JoinRequestAccess, description: 'Who may.', resolve: row => row.access }),
    emailDomains: t.stringList({
      description: 'The domains of EMAIL_DOMAINS, `*.` for every domain below; empty otherwise.',
      resolve: row => [...row.emailDomains],
    }),
    viewerCanUpdate: t.boolean({
      description: 'Whether the viewer may say who may ask.',
      resolve: async (row, _args, context) =>
        (await policy.holdsToChange(context, row.organizationId, 'join-request:configure')) === null,
    }),
  }),
})

builder.objectField(OrganizationRef, 'joinRequestPolicy', t =>
  t.field({
    type: JoinRequestPolicy,
    description: 'Who may ask to join; nobody, until somebody says otherwise.',
    resolve: async ({ id }, _args, { load }) =>
      (await load.joinPolicyByOrganization.load(id)) ?? {
        organizationId: id,
        access: 'CLOSED' as const,
        emailDomains: [],
      },
  }),
)

builder.objectType(AlreadyRequestedError, {
  name: 'AlreadyRequestedError',
  description: 'The viewer has a pending request there already.',
  interfaces: [UserErrorRef],
  fields: t => ({
    joinRequest: t.field({
      type: JoinRequestRef,
      description: 'The request that is there.',
      resolve: (error, _args, { load }) => required(load.joinRequestById.load(error.joinRequestId)),
    }),
  }),
})
builder.objectType(JoinRequestTooSoonError, {
  name: 'JoinRequestTooSoonError',
  description: 'The viewer was refused there lately.',
  interfaces: [UserErrorRef],
  fields: t => ({
    retryAt: t.field({
      type: 'DateTime',
      description: 'From when on they can ask again.',
      resolve: error => error.retryAt,
    }),
  }),
})
builder.objectType(JoinRequestLimitReachedError, {
  name: 'JoinRequestLimitReachedError',
  description: 'The viewer has as many pending requests as one user may.',
  interfaces: [UserErrorRef],
  fields: t => ({ limit: t.exposeInt('limit', { description: 'How many that is.' }) }),
})
builder.objectType(JoinRequestClosedError, {
  name: 'JoinRequestClosedError',
  description: 'The request is no longer pending.',
  interfaces: [UserErrorRef],
  fields: t => ({
    status: t.field({ type: JoinRequestStatus, description: 'What it is instead.', resolve: error => error.status }),
  }),
})
