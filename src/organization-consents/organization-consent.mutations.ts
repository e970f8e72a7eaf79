import { z } from 'zod'
import { endConsent } from '../auth/consent-policy.ts'
import { InvalidInputError } from '../errors.ts'
import { findOrganization } from '../graphql/guards.ts'
import { idOf } from '../graphql/ids.ts'
import { mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { OrganizationRef } from '../graphql/refs.ts'
import { revokeApplicationConsent } from './organization-consent.service.ts'

mutation('revokeApplicationConsent', {
  description:
    "Ends what the viewer let somebody else's product do in an organization, and its refresh tokens there; access tokens that are out run out by themselves. For the member who consented, as a person. What was not consented to is no error.",
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Where.' }),
    clientId: t.string({ required: true, description: 'The client id of the product, at most 128 characters.' }),
  }),
}).does({
  valid: z.object({ clientId: z.string().max(128, 'At most 128 characters.') }),
  guard: {
    noun: 'organization',
    find: findOrganization,
    rule: (ask, { organizationId }) => endConsent(ask, organizationId),
  },
  errors: [InvalidInputError],
  run: revokeApplicationConsent,
  payload: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'Where that was.',
      resolve: ({ organizationId }, _args, { load }) => required(load.organizationById.load(organizationId)),
    }),
  }),
})
