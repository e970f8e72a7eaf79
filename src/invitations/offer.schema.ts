import type { InputFieldBuilder } from '@pothos/core'
import type { Types } from '../graphql/builder.ts'
import { idsOf } from '../graphql/ids.ts'

/** What an invitation is asked for with, whether it is one or one of many. */
export const offerFields = (t: InputFieldBuilder<Types, 'InputObject'>) => ({
  email: t.string({
    required: true,
    description: 'The address, at most 254 characters; stored as given, compared without regard to case.',
  }),
  roleIds: t.field({
    ...idsOf('OrganizationRole'),
    description: 'USER roles to hold, at most 100; absent: the default role.',
  }),
  expiresAt: t.field({
    type: 'DateTime',
    description: 'In the future, at most 90 days away (configuration); absent: in 7 days (configuration).',
  }),
})
