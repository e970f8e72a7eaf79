import { inPerson } from '../auth/policy.ts'
import { builder } from '../graphql/builder.ts'
import { ViewerRef } from '../graphql/refs.ts'
import type { PasskeyRow } from './passkey.loaders.ts'

const Passkey = builder.objectRef<PasskeyRow>('Passkey').implement({
  description: 'A passkey by which the viewer signs in at the built-in issuer.',
  fields: t => ({
    name: t.exposeString('name', { description: 'What its user calls it.' }),
    isBackedUp: t.exposeBoolean('isBackedUp', {
      description: 'Whether the device said, when it was used last, that there is a copy elsewhere: it is synced.',
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was added.', resolve: row => row.createdAt }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When somebody signed in with it last; null when nobody did.',
      resolve: row => row.lastUsedAt,
    }),
  }),
})

builder.objectField(ViewerRef, 'passkeys', t =>
  t.field({
    type: [Passkey],
    description:
      "The viewer's passkeys at the built-in issuer, the oldest first; at most 20. They are added, renamed and removed at `/oidc/account`. None with an organization token: that is a person's own matter.",
    resolve: async ({ id }, _args, context) =>
      inPerson(context) === null ? [...(await context.load.passkeysByPrincipal.load(id))] : [],
  }),
)
