import { z } from 'zod'
import { settleMembers } from '../auth/membership-policy.ts'
import * as policy from '../auth/sso-policy.ts'
import { DomainNotVerifiedError } from '../email-domains/errors.ts'
import { InvalidInputError, LastOwnerError } from '../errors.ts'
import { connectorId, connectorIdField, findConnector } from '../graphql/connector-ids.ts'
import { inOrganization } from '../graphql/guards.ts'
import { idOf, idsOf } from '../graphql/ids.ts'
import { type Guard, mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { MembersFateEnum, OrganizationRef, SsoConnectorRef } from '../graphql/refs.ts'
import type { MembersFate } from '../members/provisioned.ts'
import { name } from '../text.ts'
import { tryOut } from './draft.ts'
import { SsoConfigurationError, SsoLockoutError } from './errors.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'
import { createSsoConnector, deleteSsoConnector, updateSsoConnector } from './sso-connector.service.ts'
import { SsoSettings } from './sso-settings.schema.ts'
import { beginTest, keepTest } from './start-test.ts'
import { settingsGiven } from './valid.ts'

const ofConnector = <Input extends { ssoConnectorId: string }>(): Guard<Input, SsoConnectorRow> => ({
  noun: 'connector',
  find: (ask, { ssoConnectorId }) => findConnector(ask, ssoConnectorId),
  rule: policy.manageSsoConnector,
})

const fateHelp = 'They are kept unless it is said; whoever does this stays as they are.'
const domainsHelp = 'Domains of the organization, proved, and served by no other connector, at most 100.'
const connectorOf = ({ ssoConnectorId }: { ssoConnectorId: string }, load: { ssoConnectorById: Loader }) =>
  required(load.ssoConnectorById.load(ssoConnectorId))
interface Loader {
  load(id: string): Promise<SsoConnectorRow | null>
}

mutation('createSsoConnector', {
  description:
    'Connects an identity provider, once it answered with these settings. It is off, and has to be tested before it signs anybody in. Requires `sso:manage`.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'For which organization.' }),
    name: t.string({ required: true, description: 'What to call it, 1 to 128 characters.' }),
    settings: t.field({ type: SsoSettings, required: true, description: 'How the provider is reached.' }),
    emailDomainIds: t.field({ ...idsOf('EmailDomain'), description: `Whose addresses it signs in. ${domainsHelp}` }),
    isRequired: t.boolean({
      description:
        'Whether people with these addresses have to sign in through it; not unless it is said, and not of a new one: it has to be in use.',
    }),
  }),
}).does({
  valid: z.object({ name, settings: settingsGiven }),
  guard: inOrganization('sso:manage'),
  errors: [InvalidInputError, SsoConfigurationError, DomainNotVerifiedError, SsoLockoutError],
  ahead: (services, _found, { settings }) => tryOut(services, settings, null),
  run: (tx, input, _target, draft) => createSsoConnector(tx, input, draft),
  payload: t => ({
    ssoConnector: t.field({
      type: SsoConnectorRef,
      nullable: true,
      description: 'The new connector; null without `sso:read`.',
      resolve: async (outcome, _args, context) => {
        const row = await connectorOf(outcome, context.load)
        return (await policy.seeSsoConnector(context, row)) === null ? row : null
      },
    }),
  }),
})

mutation('updateSsoConnector', {
  description:
    'Changes a connector; what is absent stays. Other settings are tried with the provider first, and have to be tested before anybody signs in with them. Requires `sso:read` and `sso:manage`.',
  input: t => ({
    ssoConnectorId: t.field({ ...connectorIdField, description: 'Which connector.' }),
    name: t.string({ description: 'What to call it, 1 to 128 characters.' }),
    settings: t.field({ type: SsoSettings, description: 'How the provider is reached, whole.' }),
    emailDomainIds: t.field({
      ...idsOf('EmailDomain'),
      description: `Whose addresses it signs in, all of them; null for none. ${domainsHelp}`,
    }),
    isRequired: t.boolean({
      description:
        'Whether people with these addresses have to sign in through it, and by nothing else. See `reach` first.',
    }),
    isEnabled: t.boolean({ description: 'Whether it is switched on.' }),
    allowsIdpInitiated: t.boolean({
      description: 'Of SAML alone: whether a sign-in may begin with an answer of the provider that nobody asked for.',
    }),
  }),
}).does({
  valid: z.object({ name: name.nullish(), settings: settingsGiven.nullish() }),
  guard: ofConnector(),
  errors: [InvalidInputError, SsoConfigurationError, DomainNotVerifiedError, SsoLockoutError],
  ahead: async (services, found, { settings }) => (settings == null ? null : tryOut(services, settings, found)),
  run: (tx, input, target, draft) => updateSsoConnector(tx, input, target, draft),
  payload: t => ({
    ssoConnector: t.field({
      type: SsoConnectorRef,
      description: 'The connector as it is now.',
      resolve: (outcome, _args, { load }) => connectorOf(outcome, load),
    }),
  }),
})

mutation('startSsoConnectorTest', {
  description:
    'Starts a test sign-in. Whoever opens the address signs in at the provider, and comes back to a page that shows how it went, as `lastTest` does. Nobody is signed in here by it. Requires `sso:read` and `sso:manage`.',
  input: t => ({
    ssoConnectorId: t.field({ ...connectorIdField, description: 'Which connector.' }),
  }),
}).does({
  guard: ofConnector(),
  errors: [SsoConfigurationError],
  ahead: (services, found) => beginTest(services, found),
  run: (tx, _input, target, started) => keepTest(tx, target, started),
  payload: t => ({
    url: t.exposeString('url', { description: 'Where to sign in, within ten minutes, once.' }),
  }),
})

mutation('deleteSsoConnector', {
  description:
    'Disconnects a provider, and ends the sessions of who signed in through it: they stay users, and sign in by another way. Requires `sso:read` and `sso:manage`; for the members, what suspending or removing each of them does.',
  input: t => ({
    ssoConnectorId: t.field({ ...connectorIdField, description: 'Which connector.' }),
    members: t.field({ type: MembersFateEnum, description: `What becomes of \`provisionedMembers\`. ${fateHelp}` }),
  }),
}).does({
  guard: {
    ...ofConnector<{ ssoConnectorId: string; members?: MembersFate | null | undefined }>(),
    rule: async (ask, found, { members: fate }) =>
      (await policy.manageSsoConnector(ask, found)) ??
      settleMembers(
        ask,
        { organizationId: found.organizationId, fate: fate ?? 'KEEP' },
        fate == null ? [] : await ask.load.membersBySsoConnector.load(found.id),
      ),
  },
  errors: [InvalidInputError, LastOwnerError],
  run: (tx, { members }, target) => deleteSsoConnector(tx, target, members ?? 'KEEP'),
  payload: t => ({
    settledMembersCount: t.exposeInt('settledMembersCount', {
      description: 'How many members were suspended or removed.',
    }),
    deletedSsoConnectorId: t.id({
      description: 'The id that it had.',
      resolve: ({ deletedSsoConnectorId, protocol }) => connectorId({ id: deletedSsoConnectorId, protocol }),
    }),
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization as it is now.',
      resolve: ({ organizationId }, _args, { load }) => required(load.organizationById.load(organizationId)),
    }),
  }),
})
