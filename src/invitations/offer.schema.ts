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
  sendEmail: t.boolean({
    required: true,
    defaultValue: true,
    description: 'Whether the address gets a mail with a link. Where no mail is configured, it gets none either way.',
  }),
  locale: t.string({
    description: 'The language of the mail, a tag such as `de-AT`, at most 35 characters; absent: the default.',
  }),
  redirectUrl: t.string({
    description:
      'Where the link of the mail leads in place of the configured page, at most 2048 characters; at or below an address of `REDIRECT_URLS`. The token comes in its fragment, as `#token=…`.',
  }),
})
