import * as policy from '../auth/policy.ts'
import { InvalidInputError } from '../errors.ts'
import { idOf } from '../graphql/ids.ts'
import { mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { ManagementPermissionEnum, PrincipalRef } from '../graphql/refs.ts'
import { deploymentId } from '../ids.ts'
import { setManagementPermissions } from './management.service.ts'

mutation('setManagementPermissions', {
  description:
    'Makes these the management permissions granted to a user or an application; empty for none. For operators with `management:write`, within those they hold.',
  input: t => ({
    principalId: t.field({
      ...idOf('User', 'MachineApplication'),
      required: true,
      description: 'Who: a user or an application the viewer may see.',
    }),
    permissions: t.field({
      type: [ManagementPermissionEnum],
      required: true,
      description: 'What they may do from now on.',
    }),
  }),
}).does({
  guard: {
    noun: 'user or application',
    find: () => ({ organizationId: deploymentId }),
    rule: async (ask, _target, input) =>
      policy.manages(ask, 'management:write') ?? policy.seePrincipal(ask, input.principalId),
  },
  errors: [InvalidInputError],
  run: setManagementPermissions,
  payload: t => ({
    principal: t.field({
      type: PrincipalRef,
      description: 'The operator as they are now.',
      resolve: (outcome, _args, { load }) => required(load.principalById.load(outcome.principalId)),
    }),
  }),
})
