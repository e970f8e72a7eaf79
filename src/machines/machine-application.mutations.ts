import { z } from 'zod'
import * as policy from '../auth/application-policy.ts'
import type { Context } from '../context.ts'
import { InvalidInputError } from '../errors.ts'
import { ofApplication } from '../graphql/guards.ts'
import { encodeNodeId, idOf } from '../graphql/ids.ts'
import { type Guard, mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { MachineApplicationRef } from '../graphql/refs.ts'
import { deploymentId } from '../ids.ts'
import { name } from '../text.ts'
import { ApplicationLimitReachedError } from './errors.ts'
import {
  createMachineApplication,
  deleteMachineApplication,
  updateMachineApplication,
} from './machine-application.service.ts'

const machineApplication = (outcome: { applicationId: string }, _args: object, { load }: Context) =>
  required(load.principalById.load(outcome.applicationId))
const applicationId = { ...idOf('MachineApplication'), required: true as const, description: 'Which application.' }

/** Where an application is to be made: in the organization that the input names, or in the deployment. */
const wherever: Guard<{ organizationId?: string | null | undefined }, { organizationId: string }> = {
  noun: 'organization',
  find: async ({ load }, { organizationId }) => {
    if (organizationId == null) return { organizationId: deploymentId }
    return (await load.organizationById.load(organizationId)) === null ? null : { organizationId }
  },
  rule: policy.manageApplication,
}

mutation('createMachineApplication', {
  description:
    'Creates a machine application, to be made a member with `addMachineMember`. Requires `application:manage` in the organization that owns it; for one of the deployment, for operators with `applications:write`.',
  input: t => ({
    name: t.string({ required: true, description: 'The name to show, 1 to 128 characters.' }),
    organizationId: t.field({
      ...idOf('Organization'),
      description: 'The organization that owns it, where alone it can be a member; absent: the deployment.',
    }),
  }),
}).does({
  valid: z.object({ name }),
  guard: wherever,
  errors: [InvalidInputError, ApplicationLimitReachedError],
  run: createMachineApplication,
  payload: t => ({
    machineApplication: t.field({
      type: MachineApplicationRef,
      description: 'The new application.',
      resolve: machineApplication,
    }),
  }),
})

mutation('updateMachineApplication', {
  description:
    'Renames a machine application; its client id stays. Requires `application:manage` in the organization that owns it; for one of the deployment, for operators with `applications:write`.',
  input: t => ({
    applicationId: t.field(applicationId),
    name: t.string({ description: 'The name to show, 1 to 128 characters; absent: it stays.' }),
  }),
}).does({
  valid: z.object({ name: name.nullish() }),
  guard: ofApplication(policy.manageApplication),
  errors: [InvalidInputError],
  run: updateMachineApplication,
  payload: t => ({
    machineApplication: t.field({
      type: MachineApplicationRef,
      description: 'The application as it is now.',
      resolve: machineApplication,
    }),
  }),
})

mutation('deleteMachineApplication', {
  description:
    'Deletes a machine application for good, with its memberships, secrets and keys. Requires what `createApplicationSecret` does.',
  input: t => ({ applicationId: t.field(applicationId) }),
}).does({
  guard: ofApplication(policy.controlApplication),
  errors: [InvalidInputError],
  run: (tx, _input, target) => deleteMachineApplication(tx, target),
  payload: t => ({
    deletedApplicationId: t.id({
      description: 'The id of what is gone.',
      resolve: outcome => encodeNodeId('MachineApplication', outcome.deletedApplicationId),
    }),
  }),
})
