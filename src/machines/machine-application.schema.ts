import * as policy from '../auth/application-policy.ts'
import { holdsToChange } from '../auth/policy.ts'
import type { Context } from '../context.ts'
import { builder } from '../graphql/builder.ts'
import { pageComplexity, withTotal } from '../graphql/connection.ts'
import { present } from '../graphql/present.ts'
import {
  ApplicationSecretRef,
  MachineApplicationConnection,
  MachineApplicationRef,
  OrganizationRef,
  PrincipalRef,
} from '../graphql/refs.ts'
import { nullWithout } from '../graphql/scopes.ts'
import { UserErrorRef } from '../graphql/user-errors.schema.ts'
import { deploymentId } from '../ids.ts'
import { ApplicationLimitReachedError, SecretLimitReachedError } from './errors.ts'
import { applicationsOf } from './machine-application.listing.ts'
import { type ApplicationKeyRow, statusAt } from './machine-application.loaders.ts'

const ApplicationSecretStatus = builder.enumType('ApplicationSecretStatus', {
  description: 'Only ACTIVE can be left. It follows from `expiresAt` at the moment of reading; no job has to run.',
  values: {
    ACTIVE: { description: 'The application signs in by it.' },
    EXPIRED: { description: 'Its time is over.' },
    REVOKED: { description: 'Somebody ended it.' },
  } as const,
})

builder.node(ApplicationSecretRef, {
  description:
    'A secret by which a machine application signs in. The secret itself is shown when it is made, and never again.',
  id: { resolve: secret => secret.id },
  loadMany: (ids, context) =>
    present(ids, context.load.applicationSecretById, async row => (await policy.seeSecret(context, row)) === null),
  fields: t => ({
    label: t.exposeString('label', { description: 'What it is for, to tell secrets apart.' }),
    status: t.field({
      type: ApplicationSecretStatus,
      description: 'The state at the moment of reading.',
      resolve: (secret, _args, { now }) => statusAt(secret, now),
    }),
    createdBy: t.field({
      type: PrincipalRef,
      nullable: true,
      description: 'Who made it, and has seen it; null once that account is gone.',
      resolve: ({ createdBy }, _args, { load }) => (createdBy === null ? null : load.principalById.load(createdBy)),
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was made.', resolve: secret => secret.createdAt }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'From this moment on it is no good.',
      resolve: secret => secret.expiresAt,
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the application last signed in by it, to within a minute; null when it never did.',
      resolve: secret => secret.lastUsedAt,
    }),
    viewerCanRevoke: t.boolean({
      description: 'Whether it is active and the viewer may revoke it.',
      resolve: async (secret, _args, context) =>
        statusAt(secret, context.now) === 'ACTIVE' && (await policy.revokeSecret(context, secret)) === null,
    }),
  }),
})

const ApplicationKey = builder.objectRef<ApplicationKeyRow>('ApplicationKey').implement({
  description: 'A public key by which a machine application proves who it is (private_key_jwt, RFC 7523).',
  fields: t => ({
    keyId: t.exposeString('keyId', { description: 'Its id (kid), which the application names in its assertions.' }),
    thumbprint: t.string({
      description: 'The SHA-256 of the key (RFC 7638), by which it is known whatever it is called.',
      resolve: row => row.jwk.thumbprint,
    }),
    createdAt: t.field({ type: 'DateTime', description: 'Since when it is there.', resolve: row => row.createdAt }),
  }),
})

const may =
  (rule: typeof policy.manageApplication | typeof policy.controlApplication) =>
  async ({ id }: { id: string }, _args: object, context: Context) => {
    const application = await context.load.machineApplicationById.load(id)
    return application !== null && (await rule(context, application)) === null
  }

/** Null without the right to see what the application signs in with. */
const forReaders = {
  nullable: true as const,
  authScopes: async ({ id }: { id: string }, _args: object, context: Context) => {
    const application = await context.load.machineApplicationById.load(id)
    return application !== null && (await policy.readApplication(context, application)) === null
  },
  unauthorizedResolver: () => null,
}

builder.objectFields(MachineApplicationRef, t => ({
  organization: t.field({
    type: OrganizationRef,
    nullable: true,
    description:
      'The organization that owns it, where alone it can be a member; null for one of the deployment, and for who does not see the organization.',
    resolve: async ({ id }, _args, { load }) => {
      const application = await load.machineApplicationById.load(id)
      if (application === null || application.organizationId === deploymentId) return null
      return load.organizationById.load(application.organizationId)
    },
  }),
  secrets: t.field({
    ...forReaders,
    type: [ApplicationSecretRef],
    description:
      'The 50 secrets that were made last, in every state, newest first. Requires `application:read` in its organization; of the deployment, for operators with `applications:write`. Null without it.',
    resolve: async ({ id }, _args, { load }) => [...(await load.secretsByApplication.load(id))],
  }),
  keys: t.field({
    ...forReaders,
    type: [ApplicationKey],
    description: 'Its public keys, at most 10. Requires what `secrets` does; null without it.',
    resolve: async ({ id }, _args, { load }) => [...(await load.keysByApplication.load(id))],
  }),
  viewerCanManage: t.boolean({
    description: 'Whether the viewer may rename it and revoke its secrets.',
    resolve: may(policy.manageApplication),
  }),
  viewerCanControl: t.boolean({
    description:
      'Whether the viewer may make secrets and keys for it and delete it: who does, holds all that it holds.',
    resolve: may(policy.controlApplication),
  }),
}))

builder.objectFields(OrganizationRef, t => ({
  applications: t.field({
    type: MachineApplicationConnection,
    description: 'The machine applications that it owns, by name. Requires `application:read`; null without it.',
    args: t.arg.connectionArgs(),
    complexity: pageComplexity,
    ...nullWithout('application:read'),
    resolve: (organization, args, context, info) => applicationsOf(context, organization.id, args, withTotal(info)),
  }),
  viewerCanCreateApplications: t.boolean({
    description: 'Whether the viewer may make machine applications that it owns.',
    resolve: async ({ id }, _args, context) => (await holdsToChange(context, id, 'application:manage')) === null,
  }),
}))

builder.objectType(ApplicationLimitReachedError, {
  name: 'ApplicationLimitReachedError',
  description: 'The organization owns as many machine applications as it may.',
  interfaces: [UserErrorRef],
  fields: t => ({ limit: t.exposeInt('limit', { description: 'How many that is.' }) }),
})
builder.objectType(SecretLimitReachedError, {
  name: 'SecretLimitReachedError',
  description: 'The application has as many secrets that work as it may.',
  interfaces: [UserErrorRef],
  fields: t => ({ limit: t.exposeInt('limit', { description: 'How many that is.' }) }),
})
