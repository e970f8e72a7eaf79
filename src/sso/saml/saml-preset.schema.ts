import { builder } from '../../graphql/builder.ts'
import type { AttributeMapping } from './attribute-mapping.ts'
import type { SamlPreset as Preset } from './presets.ts'

const names = (field: keyof AttributeMapping) => (mapping: AttributeMapping) => [...mapping[field]]

export const SamlAttributeNames = builder.objectRef<AttributeMapping>('SamlAttributeNames').implement({
  description: 'Under which names a provider sends what of a person. Of several the first counts that has a value.',
  fields: t => ({
    subject: t.stringList({
      description: 'What a person is known by; none for the NameID.',
      resolve: names('subject'),
    }),
    email: t.stringList({ description: 'The address.', resolve: names('email') }),
    name: t.stringList({ description: 'The display name.', resolve: names('name') }),
    givenName: t.stringList({ description: 'The given name.', resolve: names('givenName') }),
    familyName: t.stringList({ description: 'The family name.', resolve: names('familyName') }),
    picture: t.stringList({ description: 'The address of a picture.', resolve: names('picture') }),
    groups: t.stringList({ description: 'The groups, of all names together.', resolve: names('groups') }),
    methods: t.stringList({ description: 'How the person signed in there (`amr`).', resolve: names('methods') }),
  }),
})

export const SamlPreset = builder.objectRef<Preset>('SamlPreset').implement({
  description: 'How a well-known provider is connected by SAML.',
  fields: t => ({
    metadataUrlPattern: t.string({
      nullable: true,
      description: 'What the address of its metadata looks like; null where it gives a file alone.',
      resolve: preset => preset.metadataUrlPattern,
    }),
    attributeNames: t.field({
      type: SamlAttributeNames,
      description: 'Under which names it sends what.',
      resolve: preset => preset.attributes,
    }),
    steps: t.stringList({ description: 'What to do there, in order.', resolve: preset => [...preset.steps] }),
  }),
})
