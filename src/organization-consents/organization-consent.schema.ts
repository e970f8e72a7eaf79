import { endConsent } from '../auth/consent-policy.ts'
import { inPerson } from '../auth/policy.ts'
import { builder } from '../graphql/builder.ts'
import { required } from '../graphql/present.ts'
import { OrganizationRef, ViewerRef } from '../graphql/refs.ts'
import { applicationName } from './application-name.ts'
import type { OrganizationConsentRow } from './organization-consent.loaders.ts'
import { permissionKeys } from './permission-keys.ts'

const AuthorizedApplication = builder.objectRef<OrganizationConsentRow>('AuthorizedApplication').implement({
  description: "Somebody else's product, and what the viewer lets it do for them in one organization.",
  fields: t => ({
    clientId: t.exposeString('clientId', { description: 'Its client id, for `revokeApplicationConsent`.' }),
    name: t.string({
      description: 'What it is called; its client id, once the deployment no longer knows it.',
      resolve: (row, _args, { config }) => applicationName(config, row.clientId),
    }),
    organization: t.field({
      type: OrganizationRef,
      description: 'Where it may act.',
      resolve: (row, _args, { load }) => required(load.organizationById.load(row.organizationId)),
    }),
    scopes: t.stringList({
      description: 'Keys of the permissions that its tokens say at most, as far as the viewer holds them at the time.',
      resolve: ({ permissionIds }, _args, { load }) => permissionKeys(load, permissionIds),
    }),
    consentedAt: t.field({
      type: 'DateTime',
      description: 'When the viewer consented last.',
      resolve: row => row.consentedAt,
    }),
    viewerCanRevoke: t.boolean({
      description: 'Whether the viewer may end it now.',
      resolve: async (row, _args, context) => (await endConsent(context, row.organizationId)) === null,
    }),
  }),
})

builder.objectField(ViewerRef, 'authorizedApplications', t =>
  t.field({
    type: [AuthorizedApplication],
    description:
      "Products of somebody else that the viewer lets act for them in organizations where they are an active member, the latest consent first; at most 100. None with an organization token: that is a person's own matter.",
    resolve: async ({ id }, _args, context) =>
      inPerson(context) === null ? [...(await context.load.organizationConsentsByPrincipal.load(id))] : [],
  }),
)
