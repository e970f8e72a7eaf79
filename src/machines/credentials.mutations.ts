import { z } from 'zod'
import * as policy from '../auth/application-policy.ts'
import type { Context } from '../context.ts'
import { InvalidInputError } from '../errors.ts'
import { ofApplication } from '../graphql/guards.ts'
import { idOf } from '../graphql/ids.ts'
import { mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { ApplicationSecretRef, MachineApplicationRef } from '../graphql/refs.ts'
import { name } from '../text.ts'
import { setApplicationKeys } from './application-key.service.ts'
import { createApplicationSecret, revokeApplicationSecret } from './application-secret.service.ts'
import { SecretLimitReachedError } from './errors.ts'

const applicationSecret = (outcome: { secretId: string }, _args: object, { load }: Context) =>
  required(load.applicationSecretById.load(outcome.secretId))
const applicationId = { ...idOf('MachineApplication'), required: true as const, description: 'Which application.' }

mutation('createApplicationSecret', {
  description:
    'Makes a secret by which a machine application signs in; others go on working, so that one can be replaced. Requires `application:manage` in the organization that owns the application, and every permission that the application holds; for one of the deployment, for operators with `applications:write`, with every management permission that it holds, and with `organizations:write` once it holds a permission in an organization.',
  input: t => ({
    applicationId: t.field(applicationId),
    label: t.string({ description: 'What it is for, 1 to 128 characters; absent: the day on which it was made.' }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'In the future, at most 730 days away; absent: in 365 days.',
    }),
  }),
}).does({
  valid: z.object({ label: name.nullish() }),
  guard: ofApplication(policy.controlApplication),
  errors: [InvalidInputError, SecretLimitReachedError],
  run: createApplicationSecret,
  payload: t => ({
    applicationSecret: t.field({
      type: ApplicationSecretRef,
      description: 'The new secret, without itself.',
      resolve: applicationSecret,
    }),
    secret: t.exposeString('secret', {
      description: 'What the application sends as its client secret: 43 characters. Shown here, and never again.',
    }),
  }),
})

mutation('revokeApplicationSecret', {
  description:
    'Ends a secret at once; tokens that were issued for it run out by themselves. Requires `application:read` and `application:manage` in the organization that owns the application; for one of the deployment, for operators with `applications:write`.',
  input: t => ({
    secretId: t.field({ ...idOf('ApplicationSecret'), required: true, description: 'Which secret.' }),
  }),
}).does({
  guard: {
    noun: 'secret',
    find: (ask, { secretId }) => ask.load.applicationSecretById.load(secretId),
    rule: policy.revokeSecret,
  },
  errors: [InvalidInputError],
  run: (tx, _input, target) => revokeApplicationSecret(tx, target),
  payload: t => ({
    applicationSecret: t.field({
      type: ApplicationSecretRef,
      description: 'The secret as it is now.',
      resolve: applicationSecret,
    }),
  }),
})

mutation('setApplicationKeys', {
  description:
    'Makes these the public keys by which a machine application proves who it is (private_key_jwt, RFC 7523); none: it signs in by its secrets alone. Requires what `createApplicationSecret` does.',
  input: t => ({
    applicationId: t.field(applicationId),
    jwks: t.field({
      type: 'JSONObject',
      required: true,
      description:
        'A JWK set (RFC 7517) of at most 10 public keys: EC (P-256, P-384, P-521), OKP (Ed25519), or RSA of at least 2048 bits.',
    }),
  }),
}).does({
  guard: ofApplication(policy.controlApplication),
  errors: [InvalidInputError],
  run: setApplicationKeys,
  payload: t => ({
    machineApplication: t.field({
      type: MachineApplicationRef,
      description: 'The application as it is now.',
      resolve: ({ applicationId: id }, _args, { load }) => required(load.principalById.load(id)),
    }),
  }),
})
