import { z } from 'zod'
import * as policy from '../auth/sso-policy.ts'
import type { Context } from '../context.ts'
import { InvalidInputError } from '../errors.ts'
import { findOrganization } from '../graphql/guards.ts'
import { idOf } from '../graphql/ids.ts'
import { mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { SsoSetupLinkRef } from '../graphql/refs.ts'
import { SsoConfigurationError } from '../sso/errors.ts'
import { name } from '../text.ts'
import { SsoSetupLinkClosedError } from './errors.ts'
import { createSsoSetupLink, revokeSsoSetupLink } from './sso-setup-link.service.ts'

const setupLink = (outcome: { ssoSetupLinkId: string }, _args: object, { load }: Context) =>
  required(load.ssoSetupLinkById.load(outcome.ssoSetupLinkId))

mutation('createSsoSetupLink', {
  description:
    'Makes a link to hand to whoever looks after the identity provider: without an account, they connect it for this organization, test it and switch it on, in the name of the viewer, and do nothing else. Requires `sso:read` and `sso:manage`, by roles: it acts as a member. At most 10 are open at once.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'For which organization.' }),
    label: t.string({ required: true, description: 'Whom it is for, 1 to 128 characters after trimming.' }),
    ssoConnectorId: t.field({
      ...idOf('OidcConnector', 'SamlConnector'),
      description: 'A connector of the organization that it is to finish or change; absent: it makes one.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'In the future, at most 14 days away; absent: in 7 days.',
    }),
  }),
}).does({
  valid: z.object({ label: name }),
  guard: {
    noun: 'organization',
    find: findOrganization,
    rule: (ask, { organizationId }) => policy.createSsoSetupLink(ask, organizationId),
  },
  errors: [InvalidInputError, SsoConfigurationError],
  run: createSsoSetupLink,
  payload: t => ({
    ssoSetupLink: t.field({ type: SsoSetupLinkRef, description: 'The new link.', resolve: setupLink }),
    url: t.exposeString('url', {
      description: 'Its address. Whoever has it can use it. Shown here, and never again.',
    }),
  }),
})

mutation('revokeSsoSetupLink', {
  description: 'Closes a setup link for good; what was done through it stays. Requires `sso:read` and `sso:manage`.',
  input: t => ({ ssoSetupLinkId: t.field({ ...idOf('SsoSetupLink'), required: true, description: 'Which link.' }) }),
}).does({
  guard: {
    noun: 'setup link',
    find: (ask, { ssoSetupLinkId }) => ask.load.ssoSetupLinkById.load(ssoSetupLinkId),
    rule: policy.revokeSsoSetupLink,
  },
  errors: [SsoSetupLinkClosedError],
  run: (tx, _input, target) => revokeSsoSetupLink(tx, target),
  payload: t => ({
    ssoSetupLink: t.field({ type: SsoSetupLinkRef, description: 'The link as it is now.', resolve: setupLink }),
  }),
})
