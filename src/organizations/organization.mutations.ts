import { z } from 'zod'
import { setSeatLimit as setSeatLimitRule } from '../auth/organization-policy.ts'
import * as policy from '../auth/policy.ts'
import { InvalidInputError, OrganizationLimitReachedError, SlugTakenError, StaleVersionError } from '../errors.ts'
import { CustomDataChange } from '../graphql/custom-data.ts'
import { findOrganization, inOrganization } from '../graphql/guards.ts'
import { encodeNodeId, idOf } from '../graphql/ids.ts'
import { mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { MembershipRef, OrganizationRef } from '../graphql/refs.ts'
import { deploymentId } from '../ids.ts'
import { color, description, httpsUrl, name } from '../text.ts'
import { createOrganization, deleteOrganization, updateOrganization } from './organization.service.ts'
import { setSeatLimit } from './seats.ts'
import { slug } from './slug.ts'

const valid = { description: description.nullish(), logoUrl: httpsUrl.nullish(), primaryColor: color.nullish() }
const seatLimit = z
  .number()
  .min(1, 'There is at least 1 seat.')
  .max(1_000_000, 'There are at most 1,000,000 seats; null is for no limit.')
const texts = {
  slug: '3 to 63 of `a-z 0-9 -`, without leading, trailing or double `-`; unique. Made from the name when absent.',
  newSlug: '3 to 63 of `a-z 0-9 -`, without leading, trailing or double `-`; unique.',
  description: 'At most 256 characters.',
  logoUrl: 'The https address of the logo, at most 2048 characters.',
  primaryColor: 'A color as `#1a2b3c`.',
}

mutation('createOrganization', {
  description: 'Creates an organization. The viewer becomes its owner, or the user an operator names.',
  input: t => ({
    name: t.string({ required: true, description: '1 to 128 characters after trimming; not unique.' }),
    slug: t.string({ description: texts.slug }),
    description: t.string({ description: texts.description }),
    logoUrl: t.string({ description: texts.logoUrl }),
    primaryColor: t.string({ description: texts.primaryColor }),
    customData: t.field({ type: 'JSONObject', description: 'At most 16 KiB and 8 levels.' }),
    ownerId: t.field({
      ...idOf('User'),
      description: 'Who becomes the owner; for operators with `organizations:write`. Absent: the viewer.',
    }),
  }),
}).does({
  valid: z.object({ ...valid, name, slug: slug.nullish() }),
  guard: {
    noun: 'user',
    find: () => ({ organizationId: deploymentId }),
    rule: (ask, _target, input) =>
      policy.createOrganization(ask) ?? (input.ownerId == null ? null : policy.manages(ask, 'organizations:write')),
  },
  idempotent: 'ids',
  errors: [InvalidInputError, SlugTakenError, OrganizationLimitReachedError],
  run: createOrganization,
  payload: t => ({
    organization: t.field({
      type: OrganizationRef,
      nullable: true,
      description: 'The new organization; null for an operator who created it for another and may not read it.',
      resolve: ({ organizationId }, _args, { load }) => load.organizationById.load(organizationId),
    }),
    membership: t.field({
      type: MembershipRef,
      nullable: true,
      description: "The owner's membership; null where `organization` is.",
      resolve: ({ membershipId }, _args, { load }) => load.membershipById.load(membershipId),
    }),
  }),
})

mutation('updateOrganization', {
  description:
    'Changes what the input names; what is absent stays, and null clears what may be empty. Requires `organization:update`.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Which organization.' }),
    expectedVersion: t.int({
      description: 'The `version` the change starts from: with it, nothing changes when somebody was faster.',
    }),
    name: t.string({ description: '1 to 128 characters after trimming.' }),
    slug: t.string({ description: texts.newSlug }),
    description: t.string({ description: texts.description }),
    logoUrl: t.string({ description: texts.logoUrl }),
    primaryColor: t.string({ description: texts.primaryColor }),
    customData: t.field({ type: CustomDataChange, description: 'The new custom data.' }),
  }),
}).does({
  valid: z.object({ ...valid, name: name.nullish(), slug: slug.nullish() }),
  guard: inOrganization('organization:update'),
  errors: [InvalidInputError, SlugTakenError, StaleVersionError],
  run: updateOrganization,
  payload: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization as it is now.',
      resolve: ({ organizationId }, _args, { load }) => required(load.organizationById.load(organizationId)),
    }),
  }),
})

mutation('setSeatLimit', {
  description:
    'Says how many members an organization can have. For operators with `organizations:write`. A limit below what is taken removes nobody: nobody comes in until enough have gone.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Which organization.' }),
    seatLimit: t.int({ description: '1 to 1,000,000; null for no limit. Absent: it stays as it is.' }),
    invitationsTakeSeats: t.boolean({
      description: 'Whether each pending invitation takes a seat from now on. Absent: it stays as it is.',
    }),
  }),
}).does({
  valid: z.object({ seatLimit: seatLimit.nullish() }),
  guard: {
    noun: 'organization',
    find: findOrganization,
    rule: (ask, { organizationId }) => setSeatLimitRule(ask, organizationId),
  },
  errors: [InvalidInputError],
  run: setSeatLimit,
  payload: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization as it is now.',
      resolve: ({ organizationId }, _args, { load }) => required(load.organizationById.load(organizationId)),
    }),
  }),
})

mutation('deleteOrganization', {
  description:
    'Deletes an organization softly: from now on only operators see it, and its owners to restore it; its slug stays taken. Requires `organization:delete`.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Which organization.' }),
  }),
}).does({
  guard: inOrganization('organization:delete'),
  errors: [InvalidInputError],
  run: deleteOrganization,
  payload: t => ({
    deletedOrganizationId: t.id({
      description: 'The id of what was deleted.',
      resolve: outcome => encodeNodeId('Organization', outcome.deletedOrganizationId),
    }),
    organization: t.field({
      type: OrganizationRef,
      nullable: true,
      description: 'The deleted organization, for operators; null for everybody else.',
      resolve: (outcome, _args, { load }) => load.organizationById.load(outcome.deletedOrganizationId),
    }),
  }),
})
