import { z } from 'zod'
import { InvalidInputError } from '../errors.ts'
import { inDeployment } from '../graphql/guards.ts'
import { mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { MachineApplicationRef } from '../graphql/refs.ts'
import { name } from '../text.ts'
import { createMachineApplication } from './machine-application.service.ts'

mutation('createMachineApplication', {
  description:
    'Creates a machine application, to be made a member with `addMachineMember`. For operators with `applications:write`.',
  input: t => ({ name: t.string({ required: true, description: 'The name to show, 1 to 128 characters.' }) }),
}).does({
  valid: z.object({ name }),
  guard: inDeployment('applications:write'),
  errors: [InvalidInputError],
  run: createMachineApplication,
  payload: t => ({
    machineApplication: t.field({
      type: MachineApplicationRef,
      description: 'The new application.',
      resolve: (outcome, _args, { load }) => required(load.principalById.load(outcome.applicationId)),
    }),
  }),
})
