import * as policy from '../auth/policy.ts'
import { builder } from '../graphql/builder.ts'
import { ManagementPermissionEnum, PrincipalRef, ViewerRef } from '../graphql/refs.ts'

ViewerRef.implement({
  description: 'Whoever makes the request.',
  fields: t => ({
    principal: t.field({
      type: PrincipalRef,
      description: 'The viewer as a user or a machine application.',
      resolve: row => row,
    }),
    managementPermissions: t.field({
      type: [ManagementPermissionEnum],
      description: 'What the viewer may do as an operator; empty for everybody else.',
      resolve: (_row, _args, { actor }) => (actor.kind === 'ANONYMOUS' ? [] : [...actor.management]),
    }),
    viewerCanCreateOrganization: t.boolean({
      description:
        'Whether the viewer may create an organization; the limit of organizations for one user still applies.',
      resolve: (_row, _args, context) => policy.createOrganization(context) === null,
    }),
  }),
})

builder.queryField('viewer', t =>
  t.field({
    type: ViewerRef,
    nullable: true,
    description: 'The caller; null when anonymous.',
    // Public: it shows nobody but the caller to the caller.
    resolve: (_root, _args, { actor, load }) => (actor.kind === 'ANONYMOUS' ? null : load.principalById.load(actor.id)),
  }),
)
