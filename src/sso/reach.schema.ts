import { builder } from '../graphql/builder.ts'
import { required } from '../graphql/present.ts'
import { SsoConnectorRef } from '../graphql/refs.ts'
import { UserErrorRef } from '../graphql/user-errors.schema.ts'
import { SsoLockoutError } from './errors.ts'
import type { SsoReachRow } from './reach.loaders.ts'

const SsoReach = builder.objectRef<SsoReachRow>('SsoReach').implement({
  description: 'Whom it concerns to require a connector: members with a verified address of a domain that it serves.',
  fields: t => ({
    membersCount: t.exposeInt('members', { description: 'How many members have such an address.' }),
    newcomersCount: t.exposeInt('newcomers', { description: 'How many of them have not signed in through it yet.' }),
    strangersCount: t.exposeInt('strangers', {
      description:
        'How many of these never signed in at the built-in issuer with that address, but elsewhere: through the connector they come as new users, without what they hold here.',
    }),
  }),
})

builder.interfaceField(SsoConnectorRef, 'reach', t =>
  t.field({
    type: SsoReach,
    description: 'Whom it concerns, or would concern, to require it.',
    resolve: ({ id }, _args, { load }) => required(load.ssoReachByConnector.load(id)),
  }),
)

const SsoLockoutReason = builder.enumType('SsoLockoutReason', {
  description: 'Why a connector cannot be required.',
  values: {
    NOT_USABLE: { description: 'It is not switched on, or not tested with these settings.' },
    NO_OWNER: { description: 'No active owner has signed in through it, or may do without it.' },
  } as const,
})
builder.objectType(SsoLockoutError, {
  name: 'SsoLockoutError',
  description: 'To require this connector would lock everybody out. Nothing was changed.',
  interfaces: [UserErrorRef],
  fields: t => ({
    reason: t.field({ type: SsoLockoutReason, description: 'Why.', resolve: error => error.reason }),
  }),
})
