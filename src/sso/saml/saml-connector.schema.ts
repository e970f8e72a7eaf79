import * as policy from '../../auth/sso-policy.ts'
import { builder } from '../../graphql/builder.ts'
import { present } from '../../graphql/present.ts'
import { SamlConnectorRef, SsoConnectorRef, SsoProvider } from '../../graphql/refs.ts'
import { addressesOf } from '../protocols.ts'
import { SamlAttributeNames } from './saml-preset.schema.ts'
import { endsSoon, type KeptCertificate, lastEnd } from './settings.ts'

const instant = (text: string) => text.replace('Z', '+00:00')

const SamlCertificate = builder.objectRef<KeptCertificate>('SamlCertificate').implement({
  description: 'A certificate by which a provider signs.',
  fields: t => ({
    fingerprint: t.exposeString('fingerprint', { description: 'SHA-256, as certificate tools show it.' }),
    notBefore: t.field({
      type: 'DateTime',
      description: 'From when it is good, as it says.',
      resolve: one => instant(one.notBefore),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'Until when it is good, as it says. Signatures count beyond it: nobody is locked out at midnight.',
      resolve: one => instant(one.expiresAt),
    }),
  }),
})

const SamlBinding = builder.enumType('SamlBinding', {
  description: 'How a request gets to a provider of SAML.',
  values: {
    REDIRECT: { value: 'redirect', description: 'In the address.' },
    POST: { value: 'post', description: 'In a form that the browser sends.' },
  } as const,
})

builder.node(SamlConnectorRef, {
  description: 'A provider of SAML 2.0. Our private keys for it are never shown.',
  interfaces: [SsoConnectorRef],
  id: { resolve: row => row.id },
  loadMany: (ids, context) =>
    present(ids, context.load.samlConnectorById, async row => (await policy.seeSsoConnector(context, row)) === null),
  fields: t => ({
    entityId: t.string({
      description: 'What the provider knows this gateway by: our entity ID (audience), one for each connector.',
      resolve: ({ id }, _args, { services }) => addressesOf(services.config.publicUrl, id).metadata,
    }),
    assertionConsumerServiceUrl: t.string({
      description: 'Where the provider has responses posted to: its Reply URL, ACS URL or Single sign-on URL.',
      resolve: ({ id }, _args, { services }) => addressesOf(services.config.publicUrl, id).acs,
    }),
    metadataUrl: t.string({
      description: 'Our metadata, for providers that read it; with the certificates of our keys. Anybody may read it.',
      resolve: ({ id }, _args, { services }) => addressesOf(services.config.publicUrl, id).metadata,
    }),
    allowsIdpInitiated: t.boolean({
      description:
        'Whether a sign-in may begin with an answer of the provider that nobody asked for: the product then begins one there. Off unless it is switched on by `updateSsoConnector`; `loginUrl` needs no such answer.',
      resolve: row => row.allowsIdpInitiated,
    }),
    idpEntityId: t.string({
      description: 'The entity ID of the provider.',
      resolve: ({ settings }) => settings.provider.entityId,
    }),
    signInUrl: t.string({
      description: 'Where the provider signs people in.',
      resolve: ({ settings }) => settings.provider.signInUrl,
    }),
    signInBinding: t.field({
      type: SamlBinding,
      description: 'How the request gets there.',
      resolve: ({ settings }) => settings.provider.signInBinding,
    }),
    signsRequests: t.boolean({
      description: 'Whether requests are signed: its metadata wants it.',
      resolve: ({ settings }) => settings.provider.wantsSignedRequests,
    }),
    idpMetadataUrl: t.string({
      nullable: true,
      description: 'Where the metadata of the provider is read anew; null where its text was given.',
      resolve: ({ settings }) => settings.metadataUrl,
    }),
    metadataReadAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its metadata was last read, and could be used; null when it never was.',
      resolve: row => row.metadataReadAt,
    }),
    metadataProblem: t.string({
      nullable: true,
      description:
        'Why its metadata could not be used when it was last read; null when it could. What there was stays.',
      resolve: row => row.metadataProblem,
    }),
    certificates: t.field({
      type: [SamlCertificate],
      description: 'Those by which responses are verified, at most 10. All are trusted alike.',
      resolve: ({ settings }) => [...settings.provider.certificates],
    }),
    certificateExpiresAt: t.field({
      type: 'DateTime',
      description: 'When the last of them ends.',
      resolve: ({ settings }) => instant(lastEnd(settings.provider).toISOString()),
    }),
    certificateExpiresSoon: t.boolean({
      description:
        'Whether that is less than 30 days away, or past: have the provider make a new one. The audit log says it, too.',
      resolve: ({ settings }, _args, { services }) => endsSoon(settings.provider, services.clock()),
    }),
    preset: t.field({
      type: SsoProvider,
      nullable: true,
      description: 'Whose names of attributes were meant; null for the common ones.',
      resolve: ({ settings }) => settings.preset,
    }),
    attributeNames: t.field({
      type: SamlAttributeNames,
      description: 'Under which names the provider sends what.',
      resolve: ({ settings }) => settings.attributes,
    }),
  }),
})
