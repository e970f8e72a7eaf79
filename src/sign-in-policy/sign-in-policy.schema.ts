import * as policy from '../auth/policy.ts'
import { builder } from '../graphql/builder.ts'
import { OrganizationRef } from '../graphql/refs.ts'
import { nullWithout } from '../graphql/scopes.ts'
import type { SignInMethod as Method } from './sign-in-policy.entity.ts'
import { openPolicy, type SignInPolicyRow } from './sign-in-policy.loaders.ts'

export const SignInMethod = builder.enumType('SignInMethod', {
  description: 'How people sign in.',
  values: {
    EMAIL_CODE: { description: 'By a code that this gateway mailed.' },
    PASSKEY: { description: 'By a passkey that this gateway knows.' },
    SSO: { description: 'Through a connector of the organization.' },
    EXTERNAL: { description: 'At another issuer that the deployment trusts, in whichever way it has.' },
  } as const satisfies Record<Method, { description: string }>,
})

const SignInPolicy = builder.objectRef<SignInPolicyRow>('SignInPolicy').implement({
  description:
    'What a sign-in has to show before an organization token is issued. It is asked each time, on every way to a token; with a token for the gateway itself, members come in without it.',
  fields: t => ({
    requiresMfa: t.exposeBoolean('requiresMfa', { description: 'Whether there has to be a second factor.' }),
    allowedMethods: t.field({
      type: [SignInMethod],
      description: 'By which of these one has to have signed in; empty: by any.',
      resolve: row => [...row.allowedMethods],
    }),
    maxSessionMinutes: t.exposeInt('maxSessionMinutes', {
      nullable: true,
      description: 'How many minutes ago the sign-in may be; null: as long ago as it likes.',
    }),
    viewerCanUpdate: t.boolean({
      description: 'Whether the viewer may change it.',
      resolve: async (row, _args, context) =>
        (await policy.holdsToChange(context, row.organizationId, 'sign-in-policy:update')) === null,
    }),
  }),
})

builder.objectField(OrganizationRef, 'signInPolicy', t =>
  t.field({
    type: SignInPolicy,
    ...nullWithout('sign-in-policy:read'),
    description:
      'What a sign-in has to show before an organization token is issued; nothing, until somebody says otherwise. Requires `sign-in-policy:read`; null without it.',
    resolve: async ({ id }, _args, { load }) => (await load.signInPolicyByOrganization.load(id)) ?? openPolicy(id),
  }),
)
