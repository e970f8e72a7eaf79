import * as policy from '../auth/organization-policy.ts'
import { InvalidInputError } from '../errors.ts'
import { findOrganization } from '../graphql/guards.ts'
import { encodeNodeId, idOf } from '../graphql/ids.ts'
import { mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { OrganizationRef } from '../graphql/refs.ts'
import { purgeOrganization, restoreOrganization } from './deleted-organization.service.ts'

const organizationId = { ...idOf('Organization'), required: true as const, description: 'Which deleted organization.' }

mutation('restoreOrganization', {
  description:
    'Undoes a deletion, until `purgesAt`: members, roles, links and invitations that are still in time are there again. For operators with `organizations:write` and, where the configuration lets them, for its owners.',
  input: t => ({ organizationId: t.field(organizationId) }),
}).does({
  guard: {
    noun: 'deleted organization',
    find: async ({ load }, input) =>
      (await load.restorableOrganizationById.load(input.organizationId)) === null ? null : input,
    rule: (ask, target) => policy.restoreOrganization(ask, target.organizationId),
  },
  errors: [InvalidInputError],
  run: restoreOrganization,
  payload: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization as it was.',
      resolve: ({ organizationId }, _args, { load }) => required(load.organizationById.load(organizationId)),
    }),
  }),
})

mutation('purgeOrganization', {
  description:
    'Removes a deleted organization for good before its time: every row that names it but the audit log, and no user. For operators with `organizations:write`.',
  input: t => ({ organizationId: t.field(organizationId) }),
}).does({
  guard: {
    noun: 'deleted organization',
    find: findOrganization,
    rule: (ask, target) => policy.purgeOrganization(ask, target.organizationId),
  },
  errors: [InvalidInputError],
  run: purgeOrganization,
  payload: t => ({
    purgedOrganizationId: t.id({
      description: 'The id of what is gone.',
      resolve: outcome => encodeNodeId('Organization', outcome.purgedOrganizationId),
    }),
  }),
})
