import { removeSecondFactor as mayRemove } from '../auth/second-factor-policy.ts'
import { InvalidInputError } from '../errors.ts'
import { idOf } from '../graphql/ids.ts'
import { mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { UserRef } from '../graphql/refs.ts'
import { deploymentId } from '../ids.ts'
import { removeSecondFactor } from './second-factor.service.ts'

mutation('removeSecondFactor', {
  description:
    'Takes the second factor at the built-in issuer from a user who has lost it, and every recovery code; they set another up when they are asked for one. Signs them out everywhere. Make sure who asks. For operators with `users:write` who may see the user and hold every management permission that the user holds; nobody removes their own here, but where they sign in, with the factor.',
  input: t => ({ userId: t.field({ ...idOf('User'), required: true, description: 'Which user.' }) }),
}).does({
  guard: {
    noun: 'user',
    find: () => ({ organizationId: deploymentId }),
    rule: (ask, _target, { userId }) => mayRemove(ask, userId),
  },
  errors: [InvalidInputError],
  run: removeSecondFactor,
  payload: t => ({
    user: t.field({
      type: UserRef,
      description: 'The user.',
      resolve: ({ userId }, _args, { load }) => required(load.principalById.load(userId)),
    }),
  }),
})
