import { builder } from '../graphql/builder.ts'
import { SsoProvider } from '../graphql/refs.ts'
import { type SsoPreset as Preset, ssoPresets } from './presets.ts'
import { samlPresets } from './saml/presets.ts'
import { SamlPreset } from './saml/saml-preset.schema.ts'
import { SsoAttributeMapping } from './sso-connector.schema.ts'

const SsoPreset = builder.objectRef<Preset>('SsoPreset').implement({
  description: 'How a well-known provider is connected.',
  fields: t => ({
    provider: t.field({ type: SsoProvider, description: 'Which provider.', resolve: preset => preset.provider }),
    name: t.exposeString('name', { description: 'What its maker calls it.' }),
    issuerPattern: t.exposeString('issuerPattern', {
      description: 'What the issuer looks like; what is in angle brackets is to be filled in.',
    }),
    scopes: t.stringList({ description: 'The scopes to ask for.', resolve: preset => [...preset.scopes] }),
    attributes: t.field({
      type: SsoAttributeMapping,
      description: 'Which claim says what.',
      resolve: preset => preset.attributes,
    }),
    trustsEmail: t.exposeBoolean('trustsEmail', {
      description: 'Whether the connector has to trust addresses, since the provider says of none that it is verified.',
    }),
    steps: t.stringList({
      description: 'What to do there, in order, by OpenID Connect.',
      resolve: preset => [...preset.steps],
    }),
    saml: t.field({
      type: SamlPreset,
      description: 'How it is connected by SAML instead.',
      resolve: preset => samlPresets[preset.provider],
    }),
  }),
})

builder.queryField('ssoPresets', t =>
  t.field({
    type: [SsoPreset],
    description: 'How well-known identity providers are connected. For everyone signed in.',
    authScopes: { signedIn: true },
    resolve: () => [...ssoPresets],
  }),
)
