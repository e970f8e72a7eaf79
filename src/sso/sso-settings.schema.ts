import { builder } from '../graphql/builder.ts'
import { SsoProvider } from '../graphql/refs.ts'

const AttributesInput = builder.inputType('SsoAttributesInput', {
  description: 'Which attribute of the provider says what; what is absent is as usual.',
  fields: t => ({
    name: t.string({ description: 'The display name: `name` as usual. At most 128 characters.' }),
    email: t.string({
      description:
        'The address: `email` as usual, of which alone `email_verified` speaks; another one has to be trusted. At most 128 characters.',
    }),
    picture: t.string({ description: 'The address of a picture: `picture` as usual. At most 128 characters.' }),
    groups: t.string({ description: 'The groups: `groups` as usual. At most 128 characters.' }),
  }),
})

const OidcSettings = builder.inputType('OidcSettings', {
  description: 'How a provider of OpenID Connect is reached. They are given whole, but for the secret.',
  fields: t => ({
    issuer: t.string({
      required: true,
      description: 'Its issuer, at most 512 characters, over https: what it publishes is read below it.',
    }),
    clientId: t.string({
      required: true,
      description: 'What the provider knows this gateway by; at most 512 characters.',
    }),
    clientSecret: t.string({
      description:
        'The secret that the provider gave, at most 2,048 characters; it is never shown. Absent: the one that is there stays, with the same issuer.',
    }),
    scopes: t.stringList({
      description:
        'What is asked for, at most 20: `openid`, which is always asked for, `profile` and `email` when absent.',
    }),
    trustsEmail: t.boolean({
      description:
        'Whether an address of a proved domain counts where the provider does not say that it is verified; not unless it is said. That it is not verified always counts.',
    }),
    attributes: t.field({ type: AttributesInput, description: 'Which claim says what.' }),
  }),
})

const namesOf = (what: string) => `The names of ${what}, at most 10; absent: those of the preset.`
const SamlAttributesInput = builder.inputType('SamlAttributesInput', {
  description: 'Under which names the provider sends what. Of several the first counts that has a value; case counts.',
  fields: t => ({
    subject: t.stringList({
      description:
        'What a person is known by, in place of the NameID, where that is not stable; at most 10. None as usual.',
    }),
    email: t.stringList({ description: namesOf('the address') }),
    name: t.stringList({ description: namesOf('the display name') }),
    givenName: t.stringList({ description: namesOf('the given name, for a provider without a display name') }),
    familyName: t.stringList({ description: namesOf('the family name') }),
    picture: t.stringList({ description: namesOf('the address of a picture') }),
    groups: t.stringList({ description: `${namesOf('the groups')} The values of all count together.` }),
    methods: t.stringList({ description: namesOf('how the person signed in there (`amr`)') }),
  }),
})

const SamlMetadata = builder.inputType('SamlMetadata', {
  description: 'The metadata of a provider of SAML: where it signs people in, and by which certificates.',
  isOneOf: true,
  fields: t => ({
    url: t.string({
      description:
        'Where it is, over https; at most 2,048 characters. It is read anew every six hours, so that new certificates count without anybody doing anything.',
    }),
    xml: t.string({
      description: 'Its text, at most 1,048,576 characters. What changes in it has to be given here again.',
    }),
  }),
})

const SamlSettings = builder.inputType('SamlSettings', {
  description: 'How a provider of SAML 2.0 is reached. They are given whole.',
  fields: t => ({
    metadata: t.field({ type: SamlMetadata, required: true, description: 'What the provider says of itself.' }),
    preset: t.field({
      type: SsoProvider,
      description: 'Whose names of attributes are meant; absent: the common ones.',
    }),
    attributes: t.field({ type: SamlAttributesInput, description: 'Names of attributes that are other ones.' }),
    trustsEmail: t.boolean({
      description:
        'Whether an address of a proved domain counts, since SAML has no word for a verified one: it does unless it is said otherwise, and then nobody gets in.',
    }),
  }),
})

export const SsoSettings = builder.inputType('SsoSettings', {
  description: 'How a provider is reached, by its protocol.',
  isOneOf: true,
  fields: t => ({
    oidc: t.field({ type: OidcSettings, description: 'By OpenID Connect.' }),
    saml: t.field({ type: SamlSettings, description: 'By SAML 2.0.' }),
  }),
})
