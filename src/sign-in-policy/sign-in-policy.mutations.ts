import { z } from 'zod'
import { InvalidInputError } from '../errors.ts'
import { inOrganization } from '../graphql/guards.ts'
import { idOf } from '../graphql/ids.ts'
import { mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { OrganizationRef } from '../graphql/refs.ts'
import { SignInMethod } from './sign-in-policy.schema.ts'
import { updateSignInPolicy } from './sign-in-policy.service.ts'

const minutes = z
  .number()
  .min(5, 'At least 5 minutes.')
  .max(525_600, 'At most 525,600 minutes, a year; null is for no limit.')

mutation('updateSignInPolicy', {
  description:
    'Says what a sign-in has to show before an organization token is issued; what is absent stays. Tokens that are out run out by themselves. Requires `sign-in-policy:update`.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Where.' }),
    requiresMfa: t.boolean({ description: 'Whether there has to be a second factor.' }),
    allowedMethods: t.field({
      type: [SignInMethod],
      description: 'By which of these one has to have signed in; empty or null: by any.',
    }),
    maxSessionMinutes: t.int({
      description: 'How many minutes ago the sign-in may be, 5 to 525,600; null: as long ago as it likes.',
    }),
  }),
}).does({
  valid: z.object({ maxSessionMinutes: minutes.nullish() }),
  guard: inOrganization('sign-in-policy:update'),
  errors: [InvalidInputError],
  run: updateSignInPolicy,
  payload: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization as it is now.',
      resolve: ({ organizationId }, _args, { load }) => required(load.organizationById.load(organizationId)),
    }),
  }),
})
