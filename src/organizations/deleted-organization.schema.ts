import * as policy from '../auth/organization-policy.ts'
import { builder } from '../graphql/builder.ts'
import { connectionOf, pageComplexity, withTotal } from '../graphql/connection.ts'
import { encodeNodeId } from '../graphql/ids.ts'
import { OrganizationRef, ViewerRef } from '../graphql/refs.ts'
import { type DeletedOrganizationRow, deletedOrganizationsOf } from './organization.listing.ts'

const DeletedOrganization = builder.objectRef<DeletedOrganizationRow>('DeletedOrganization')
DeletedOrganization.implement({
  description: 'A deleted organization as its owner still sees it: what it takes to restore it, and nothing more.',
  fields: t => ({
    organizationId: t.id({
      description: 'The id of the organization, for `restoreOrganization`.',
      resolve: row => encodeNodeId('Organization', row.id),
    }),
    slug: t.exposeString('slug', { description: 'Its slug, which stays taken until it is purged.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    deletedAt: t.field({ type: 'DateTime', description: 'When it was deleted.', resolve: row => row.deletedAt }),
    purgesAt: t.field({
      type: 'DateTime',
      description: 'Until when it can be restored; from this moment on it is gone.',
      resolve: row => row.purgesAt,
    }),
  }),
})
const DeletedOrganizationConnection = connectionOf('DeletedOrganization', DeletedOrganization)

builder.objectField(ViewerRef, 'deletedOrganizations', t =>
  t.field({
    type: DeletedOrganizationConnection,
    description:
      'Deleted organizations that the viewer, as an owner, can restore; the one deleted last first. None where the configuration leaves restoring to operators.',
    args: t.arg.connectionArgs(),
    complexity: pageComplexity,
    resolve: (_viewer, args, context, info) => deletedOrganizationsOf(context, args, withTotal(info)),
  }),
)

builder.objectFields(OrganizationRef, t => ({
  viewerCanSetSeatLimit: t.boolean({
    description: 'Whether the viewer may say how many members there can be: operators may.',
    resolve: async ({ id }, _args, context) => (await policy.setSeatLimit(context, id)) === null,
  }),
  viewerCanRestore: t.boolean({
    description: 'Whether it is deleted, in time, and the viewer may restore it.',
    resolve: async ({ id, deletedAt }, _args, context) =>
      deletedAt !== null && (await policy.restoreOrganization(context, id)) === null,
  }),
  viewerCanPurge: t.boolean({
    description: 'Whether it is deleted, and the viewer may remove it for good.',
    resolve: async ({ id }, _args, context) => (await policy.purgeOrganization(context, id)) === null,
  }),
}))
