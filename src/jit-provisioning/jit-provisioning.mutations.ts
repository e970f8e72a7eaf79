import * as policy from '../auth/joining-policy.ts'
import { setJitCeiling as maySetJitCeiling } from '../auth/organization-policy.ts'
import { DomainNotVerifiedError } from '../email-domains/errors.ts'
import {
  AlreadyMemberError,
  InvalidInputError,
  PermissionEscalationError,
  RoleNotAssignableError,
  SeatLimitReachedError,
} from '../errors.ts'
import { connectorIdsField, findConnectors } from '../graphql/connector-ids.ts'
import { findOrganization } from '../graphql/guards.ts'
import { idOf, idsOf, idsUpTo } from '../graphql/ids.ts'
import { mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { MembershipRef, OrganizationRef } from '../graphql/refs.ts'
import { templateLimits } from '../roles/template.ts'
import { JitCeilingExceededError } from './errors.ts'
import { JitJoining } from './jit-provisioning.schema.ts'
import { setJitCeiling, updateJitProvisioning } from './jit-provisioning.service.ts'
import { findSuggested, joinSuggestedOrganization } from './suggestion.service.ts'

mutation('updateJitProvisioning', {
  description:
    'Says who becomes a member by signing in, and with which roles; what is absent stays. Requires `domain:read` and `jit-provisioning:update`, to name connectors `sso:read`, too, and every permission that is given so, unless it is switched off.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Where.' }),
    isEnabled: t.boolean({ description: 'Whether anybody does.' }),
    domainJoining: t.field({
      type: JitJoining,
      description: 'What an address of one of the domains leads to.',
    }),
    emailDomainIds: t.field({
      ...idsOf('EmailDomain'),
      description: 'The domains that count, at most 100, all proved; empty for none.',
    }),
    connectorJoining: t.field({
      type: JitJoining,
      description: 'What a first sign-in through one of the connectors leads to.',
    }),
    ssoConnectorIds: t.field({
      ...connectorIdsField,
      description: 'The connectors that count, at most 100, of those that the organization uses; empty for none.',
    }),
    roleIds: t.field({
      ...idsOf('OrganizationRole'),
      description: 'USER roles to give, at most 100, within the ceiling; empty: the default role.',
    }),
  }),
}).does({
  guard: {
    noun: 'organization',
    find: findOrganization,
    rule: (ask, { organizationId }, { ssoConnectorIds }) =>
      policy.updateJitProvisioning(ask, organizationId, ssoConnectorIds != null),
  },
  errors: [DomainNotVerifiedError, RoleNotAssignableError, PermissionEscalationError, JitCeilingExceededError],
  run: async (tx, input) =>
    updateJitProvisioning(tx, { ...input, ssoConnectorIds: await findConnectors(tx, input.ssoConnectorIds) }),
  payload: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization as it is now.',
      resolve: ({ organizationId }, _args, { load }) => required(load.organizationById.load(organizationId)),
    }),
  }),
})

mutation('setJitCeiling', {
  description:
    'Says what just-in-time provisioning may give in an organization at most. Roles that permit more are not given from now on; whoever holds them keeps them. For operators with `organizations:write`.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Where.' }),
    permissionIds: t.field({
      ...idsUpTo(templateLimits.permissions, 'Permission'),
      description: `At most ${templateLimits.permissions} permissions; empty for none. Absent or null: those of the product, and those of the gateway that only read.`,
    }),
  }),
}).does({
  guard: {
    noun: 'organization',
    find: findOrganization,
    rule: (ask, { organizationId }) => maySetJitCeiling(ask, organizationId),
  },
  errors: [InvalidInputError],
  run: setJitCeiling,
  payload: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization as it is now.',
      resolve: ({ organizationId }, _args, { load }) => required(load.organizationById.load(organizationId)),
    }),
  }),
})

mutation('joinSuggestedOrganization', {
  description:
    'Makes the viewer a member of an organization of `viewer.suggestedOrganizations` whose `joining` is JOIN. One that is not suggested to them is one that does not exist.',
  input: t => ({
    slug: t.string({
      required: true,
      description: 'Which organization, by its slug of 3 to 63 characters, without regard to case.',
      extensions: { lookup: 'organization.slug' },
    }),
  }),
}).does({
  guard: {
    noun: 'suggested organization',
    find: findSuggested,
    rule: (ask, { suggestion }) => policy.joinSuggestedOrganization(ask, suggestion),
  },
  errors: [AlreadyMemberError, SeatLimitReachedError],
  run: (tx, _input, { organizationId }) => joinSuggestedOrganization(tx, organizationId),
  payload: t => ({
    membership: t.field({
      type: MembershipRef,
      nullable: true,
      description: "The viewer's new membership; never null, and only typed as in AlreadyMemberError.",
      resolve: ({ membershipId }, _args, { load }) => required(load.membershipById.load(membershipId)),
    }),
  }),
})
