import { builder } from '../graphql/builder.ts'
import { EmailDomainRef, SsoConnectorRef } from '../graphql/refs.ts'
import type { ProvisionedRow } from './provisioned.loaders.ts'

const ProvisionedMembers = builder.objectRef<Omit<ProvisionedRow, 'sourceId'>>('ProvisionedMembers').implement({
  description: 'The members who came by a connector or a domain, before it is decided what becomes of them.',
  fields: t => ({
    totalCount: t.exposeInt('members', { description: 'How many they are, suspended ones too.' }),
    ownersCount: t.exposeInt('owners', { description: 'How many of them are owners.' }),
    holdsLastOwner: t.exposeBoolean('holdsLastOwner', {
      description:
        'Whether every active owner is among them: to suspend or remove them is refused then, unless whoever does it is one, and stays.',
    }),
  }),
})

const none = { members: 0, owners: 0, holdsLastOwner: false }

builder.interfaceField(SsoConnectorRef, 'provisionedMembers', t =>
  t.field({
    type: ProvisionedMembers,
    description: 'Who became a member by signing in through it.',
    resolve: async ({ id }, _args, { load }) => (await load.provisionedBySsoConnector.load(id)) ?? none,
  }),
)
builder.objectField(EmailDomainRef, 'provisionedMembers', t =>
  t.field({
    type: ProvisionedMembers,
    description: 'Who became a member by an address of this domain.',
    resolve: async ({ id }, _args, { load }) => (await load.provisionedByEmailDomain.load(id)) ?? none,
  }),
)
