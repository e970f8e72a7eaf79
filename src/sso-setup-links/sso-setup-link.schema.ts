import * as policy from '../auth/sso-policy.ts'
import { builder } from '../graphql/builder.ts'
import { pageComplexity, withTotal } from '../graphql/connection.ts'
import { present, presentOne, required } from '../graphql/present.ts'
import {
  OrganizationRef,
  PrincipalRef,
  SsoConnectorRef,
  SsoSetupLinkConnection,
  SsoSetupLinkRef,
} from '../graphql/refs.ts'
import { nullWithout } from '../graphql/scopes.ts'
import { UserErrorRef } from '../graphql/user-errors.schema.ts'
import { SsoSetupLinkClosedError } from './errors.ts'
import { ssoSetupLinksOf } from './sso-setup-link.listing.ts'
import { statusAt } from './sso-setup-link.loaders.ts'

const SsoSetupLinkStatus = builder.enumType('SsoSetupLinkStatus', {
  description: 'Only ACTIVE can be left. EXPIRED follows from `expiresAt` at the moment of reading.',
  values: {
    ACTIVE: { description: 'Whoever has it can use it.' },
    FINISHED: { description: 'The connector was switched on through it, and it is over.' },
    EXPIRED: { description: 'Its time is over.' },
    REVOKED: { description: 'It was closed, by somebody, or because its maker or its connector could not bear it.' },
  } as const,
})

builder.node(SsoSetupLinkRef, {
  description:
    'A link by which somebody without an account connects one identity provider, in the name of who made it. Its address is shown when it is made, and never again. Requires `sso:read`.',
  id: { resolve: link => link.id },
  loadMany: (ids, context) =>
    present(ids, context.load.ssoSetupLinkById, async row => (await policy.seeSsoSetupLink(context, row)) === null),
  fields: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'For which organization.',
      resolve: (link, _args, { load }) => required(load.organizationById.load(link.organizationId)),
    }),
    label: t.exposeString('label', { description: 'Whom it is for, to tell links apart; its holder does not see it.' }),
    ssoConnector: t.field({
      type: SsoConnectorRef,
      nullable: true,
      description: 'The one connector that it made, or was made for; null while there is none, and once it is gone.',
      resolve: ({ connectorId }, _args, context) =>
        presentOne(
          connectorId,
          context.load.ssoConnectorById,
          async row => (await policy.seeSsoConnector(context, row)) === null,
        ),
    }),
    status: t.field({
      type: SsoSetupLinkStatus,
      description: 'The state at the moment of reading.',
      resolve: (link, _args, { now }) => statusAt(link, now),
    }),
    createdBy: t.field({
      type: PrincipalRef,
      nullable: true,
      description: 'Who made it, and in whose name its holder acts; null once that account is gone.',
      resolve: ({ createdBy }, _args, { load }) => (createdBy === null ? null : load.principalById.load(createdBy)),
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was made.', resolve: link => link.createdAt }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'From this moment on it opens nothing.',
      resolve: link => link.expiresAt,
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When somebody last did something through it, or looked; null while nobody did.',
      resolve: link => link.lastUsedAt,
    }),
    viewerCanRevoke: t.boolean({
      description: 'Whether it is active and the viewer may close it.',
      resolve: async (link, _args, context) =>
        statusAt(link, context.now) === 'ACTIVE' && (await policy.revokeSsoSetupLink(context, link)) === null,
    }),
  }),
})

builder.objectFields(OrganizationRef, t => ({
  ssoSetupLinks: t.field({
    type: SsoSetupLinkConnection,
    description:
      'The links by which somebody without an account connects a provider, in every state, newest first. Requires `sso:read`; null without it.',
    args: t.arg.connectionArgs(),
    complexity: pageComplexity,
    ...nullWithout('sso:read'),
    resolve: (organization, args, context, info) => ssoSetupLinksOf(context, organization.id, args, withTotal(info)),
  }),
  viewerCanCreateSsoSetupLink: t.boolean({
    description: 'Whether the viewer may make setup links.',
    resolve: async ({ id }, _args, context) => (await policy.createSsoSetupLink(context, id)) === null,
  }),
}))

builder.objectType(SsoSetupLinkClosedError, {
  name: 'SsoSetupLinkClosedError',
  description: 'The link is of no use any more.',
  interfaces: [UserErrorRef],
  fields: t => ({
    status: t.field({ type: SsoSetupLinkStatus, description: 'What it is instead.', resolve: error => error.status }),
  }),
})
