import * as policy from '../auth/sso-policy.ts'
import type { Context } from '../context.ts'
import { InvalidInputError } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import { idOf } from '../graphql/ids.ts'
import { mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { MembershipRef } from '../graphql/refs.ts'
import { UserErrorRef } from '../graphql/user-errors.schema.ts'
import { setBreakGlass } from './break-glass.ts'
import { SecondFactorMissingError } from './errors.ts'

builder.objectField(MembershipRef, 'isBreakGlass', t =>
  t.boolean({
    nullable: true,
    description:
      'Whether the member may sign in without the connector that the organization requires, as long as they are an owner with a second factor. Requires `sso:read`; null without it.',
    authScopes: ({ organizationId }) => ({ holds: { organizationId, permission: 'sso:read' as const } }),
    unauthorizedResolver: () => null,
    resolve: async ({ id }, _args, { load }) => (await load.breakGlassByMembership.load(id)) !== null,
  }),
)
builder.objectField(MembershipRef, 'viewerCanSetBreakGlass', t =>
  t.boolean({
    description: 'Whether the viewer may say so; both need a second factor, and the member has to be an owner.',
    resolve: async (membership, _args, context) => (await policy.setBreakGlass(context, membership)) === null,
  }),
)

mutation('setBreakGlass', {
  description:
    'Says whether an owner may sign in without the connector that the organization requires, with a second factor, for when the provider fails. Every such sign-in is in the audit log. For owners who have a second factor or a passkey at the built-in issuer; the member needs one, too.',
  input: t => ({
    membershipId: t.field({ ...idOf('Membership'), required: true, description: 'Which owner.' }),
    isAllowed: t.boolean({ required: true, description: 'Whether they may.' }),
  }),
}).does({
  guard: {
    noun: 'membership',
    find: (ask, { membershipId }) => ask.load.membershipById.load(membershipId),
    rule: policy.setBreakGlass,
  },
  errors: [InvalidInputError, SecondFactorMissingError],
  run: setBreakGlass,
  payload: t => ({
    membership: t.field({
      type: MembershipRef,
      description: 'The membership as it is now.',
      resolve: ({ membershipId }, _args, { load }: Context) => required(load.membershipById.load(membershipId)),
    }),
  }),
})

builder.objectType(SecondFactorMissingError, {
  name: 'SecondFactorMissingError',
  description: 'Somebody has neither a second factor nor a passkey at the built-in issuer, and needs one for this.',
  interfaces: [UserErrorRef],
  fields: t => ({
    isViewer: t.exposeBoolean('isViewer', { description: 'Whether it is the viewer; else the member.' }),
  }),
})
