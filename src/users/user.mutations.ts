import { deleteUser as mayDeleteUser } from '../auth/membership-policy.ts'
import { LastOwnerError } from '../errors.ts'
import { encodeNodeId, idOf } from '../graphql/ids.ts'
import { mutation } from '../graphql/mutation.ts'
import { deploymentId } from '../ids.ts'
import { deleteUser } from './user.service.ts'

mutation('deleteUser', {
  description:
    'Deletes a user for good: every membership ends, and identities and management permissions go. Invitations that they sent stay without inviter, and the audit log keeps their name. Whoever signs in again is a new user. For operators with `users:write` who may see the user and hold every management permission that the user holds; nobody deletes themselves.',
  input: t => ({ userId: t.field({ ...idOf('User'), required: true, description: 'Which user.' }) }),
}).does({
  guard: {
    noun: 'user',
    find: () => ({ organizationId: deploymentId }),
    rule: (ask, _target, { userId }) => mayDeleteUser(ask, userId),
  },
  errors: [LastOwnerError],
  run: deleteUser,
  payload: t => ({
    deletedUserId: t.id({
      description: 'The id of the user who is gone.',
      resolve: outcome => encodeNodeId('User', outcome.deletedUserId),
    }),
  }),
})
