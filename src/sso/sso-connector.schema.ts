import { holdsToChange } from '../auth/policy.ts'
import * as policy from '../auth/sso-policy.ts'
import { SsoRequiredError } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import { handful } from '../graphql/connection.ts'
import { connectorId, typeNames } from '../graphql/connector-ids.ts'
import { present, required } from '../graphql/present.ts'
import { EmailDomainRef, OidcConnectorRef, OrganizationRef, SsoConnectorRef } from '../graphql/refs.ts'
import { nullWithout } from '../graphql/scopes.ts'
import { UserErrorRef } from '../graphql/user-errors.schema.ts'
import { isUsable } from './connector-at.ts'
import { SsoConfigurationError } from './errors.ts'
import type { Attribute, AttributeMapping } from './protocol.ts'
import { addressesOf } from './protocols.ts'
import type { ConnectorTest, TestStep } from './sso-connector.loaders.ts'

export const SsoAttributeMapping = builder.objectRef<AttributeMapping>('SsoAttributeMapping').implement({
  description: 'Which attribute of the provider says what of a person.',
  fields: t => ({
    name: t.exposeString('name', { description: 'The display name.' }),
    email: t.exposeString('email', { description: 'The address.' }),
    picture: t.exposeString('picture', { description: 'The address of a picture.' }),
    groups: t.exposeString('groups', { description: 'The groups.' }),
  }),
})

const SsoTestStepName = builder.enumType('SsoTestStepName', {
  description: 'How far a sign-in comes.',
  values: {
    DISCOVERY: { description: 'The provider says where and how to sign in.' },
    RESPONSE: { description: 'The provider sent the browser back, without an error.' },
    TOKENS: { description: 'The provider said who it is, for this gateway and this sign-in, signed by its keys.' },
    EMAIL: { description: 'There is an address, and it counts as verified.' },
    DOMAIN: { description: 'The address is of a proved domain that the connector serves.' },
  } as const satisfies Record<TestStep['name'], { description: string }>,
})

const SsoTestStep = builder.objectRef<TestStep>('SsoTestStep').implement({
  description: 'One step of a test sign-in.',
  fields: t => ({
    name: t.field({ type: SsoTestStepName, description: 'Which one.', resolve: step => step.name }),
    isPassed: t.exposeBoolean('isPassed', { description: 'Whether it went well.' }),
    message: t.exposeString('message', { description: 'What came of it, in words.' }),
  }),
})

const SsoTestAttribute = builder.objectRef<Attribute>('SsoTestAttribute').implement({
  description: 'Something that the provider sent about the person.',
  fields: t => ({
    name: t.exposeString('name', { description: 'What the provider calls it.' }),
    value: t.exposeString('value', {
      description: 'What it says; as JSON where it is no text. Cut at 1,000 characters.',
    }),
  }),
})

const SsoConnectorTest = builder.objectRef<ConnectorTest>('SsoConnectorTest').implement({
  description: 'What a test sign-in came to.',
  fields: t => ({
    at: t.field({
      type: 'DateTime',
      description: 'When it came back.',
      resolve: test => test.at.replace('Z', '+00:00'),
    }),
    isPassed: t.exposeBoolean('isPassed', { description: 'Whether every step went well.' }),
    steps: t.field({
      type: [SsoTestStep],
      description: 'Each step that was made, in order.',
      resolve: test => [...test.steps],
    }),
    attributes: t.field({
      type: [SsoTestAttribute],
      description: 'What the provider sent, without tokens; at most 100.',
      resolve: test => [...test.attributes],
    }),
  }),
})

SsoConnectorRef.implement({
  description:
    'An identity provider by which an organization signs its people in. Requires `sso:read` there, or in an organization that uses it.',
  resolveType: row => typeNames[row.protocol],
  fields: t => ({
    id: t.id({
      description: 'The opaque, globally unique id.',
      resolve: connectorId,
    }),
    organization: t.field({
      type: OrganizationRef,
      nullable: true,
      description: 'Whose connector it is; null for whoever is only of an organization that it is shared with.',
      resolve: ({ organizationId }, _args, { load }) => load.organizationById.load(organizationId),
    }),
    name: t.exposeString('name', { description: 'What the organization calls it.' }),
    isEnabled: t.exposeBoolean('isEnabled', { description: 'Whether it is switched on.' }),
    isRequired: t.exposeBoolean('isRequired', {
      description:
        'Whether people with an address in `emailDomains` have to sign in through it, and by nothing else, while it is usable.',
    }),
    isUsable: t.boolean({
      description: 'Whether it signs people in: it is switched on, and was tested with its present settings.',
      resolve: row => isUsable(row),
    }),
    trustsEmail: t.exposeBoolean('trustsEmail', {
      description: 'Whether an address counts of which the provider does not say whether it is verified.',
    }),
    emailDomains: t.field({
      type: [EmailDomainRef],
      nullable: true,
      description: 'The domains whose addresses it signs in. Requires `domain:read`; null without it.',
      authScopes: ({ organizationId }) => ({ holds: { organizationId, permission: 'domain:read' as const } }),
      unauthorizedResolver: () => null,
      resolve: async ({ id }, _args, { load }) => {
        const served = await load.domainsBySsoConnector.load(id)
        return Promise.all(served.map(one => required(load.emailDomainById.load(one.emailDomainId))))
      },
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was connected.', resolve: row => row.createdAt }),
    testedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When a test last passed; null while none has with the present settings.',
      resolve: row => row.testedAt,
    }),
    lastTest: t.field({
      type: SsoConnectorTest,
      nullable: true,
      description:
        'What the last test with the present settings came to; null while there was none, and for whom it is shared with.',
      authScopes: ({ organizationId }) => ({ holds: { organizationId, permission: 'sso:read' as const } }),
      unauthorizedResolver: () => null,
      resolve: row => row.lastTest,
    }),
    viewerCanManage: t.boolean({
      description: 'Whether the viewer may change, test and delete it.',
      resolve: async (row, _args, context) => (await policy.manageSsoConnector(context, row)) === null,
    }),
  }),
})

builder.node(OidcConnectorRef, {
  description: 'A provider of OpenID Connect. Its client secret is never shown.',
  interfaces: [SsoConnectorRef],
  id: { resolve: row => row.id },
  loadMany: (ids, context) =>
    present(ids, context.load.oidcConnectorById, async row => (await policy.seeSsoConnector(context, row)) === null),
  fields: t => ({
    issuer: t.string({ description: 'The issuer of the provider.', resolve: row => row.settings.issuer }),
    clientId: t.string({
      description: 'What the provider knows this gateway by.',
      resolve: row => row.settings.clientId,
    }),
    attributes: t.field({
      type: SsoAttributeMapping,
      description: 'Which claim says what.',
      resolve: row => row.settings.attributes,
    }),
    scopes: t.stringList({ description: 'The scopes that are asked for.', resolve: row => [...row.settings.scopes] }),
    redirectUri: t.string({
      description: 'Where the provider sends the browser back to: it has to be registered there.',
      resolve: ({ id }, _args, { services }) => addressesOf(services.config.publicUrl, id).callback,
    }),
  }),
})

builder.objectField(OrganizationRef, 'ssoConnectors', t =>
  t.field({
    type: [SsoConnectorRef],
    ...nullWithout('sso:read'),
    complexity: handful,
    description:
      'The identity providers that it is connected with, its own and those that are shared with it, by age. Requires `sso:read`; null without it.',
    resolve: async ({ id }, _args, { load }) => [...(await load.ssoConnectorsByOrganization.load(id))],
  }),
)
builder.objectField(OrganizationRef, 'viewerCanCreateSsoConnector', t =>
  t.boolean({
    description: 'Whether the viewer may connect an identity provider to it.',
    resolve: async ({ id }, _args, context) => (await holdsToChange(context, id, 'sso:manage')) === null,
  }),
)

builder.objectType(SsoConfigurationError, {
  name: 'SsoConfigurationError',
  description: 'The provider was asked, and cannot be used with these settings. Nothing was stored.',
  interfaces: [UserErrorRef],
})

builder.objectType(SsoRequiredError, {
  name: 'SsoRequiredError',
  description: 'The address of the viewer has to sign in through a connector, and the viewer came by another way.',
  interfaces: [UserErrorRef],
  fields: t => ({
    connectorNames: t.stringList({
      description: 'What the connectors are called that it may sign in through.',
      resolve: error => [...error.connectorNames],
    }),
    connectors: t.field({
      type: [SsoConnectorRef],
      description: 'Those of them that the viewer may see: with `sso:read` there.',
      resolve: async ({ connectorId }, _args, context) => {
        const row = await context.load.ssoConnectorById.load(connectorId)
        return row !== null && (await policy.seeSsoConnector(context, row)) === null ? [row] : []
      },
    }),
  }),
})
