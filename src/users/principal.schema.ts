import { isKeptFromManaging } from '../auth/actor.ts'
import * as policy from '../auth/policy.ts'
import type { Context } from '../context.ts'
import { builder } from '../graphql/builder.ts'
import { pageComplexity, withTotal } from '../graphql/connection.ts'
import { encodeNodeId } from '../graphql/ids.ts'
import { present } from '../graphql/present.ts'
import {
  MachineApplicationConnection,
  MachineApplicationRef,
  ManagementPermissionEnum,
  PrincipalRef,
  UserConnection,
  UserRef,
} from '../graphql/refs.ts'
import { managementOf } from '../management/management.ts'
import { principalsOf } from './principal.listing.ts'
import type { PrincipalRow } from './principal.loaders.ts'

PrincipalRef.implement({
  description: 'Someone or something that can be a member, act, and appear in the audit log.',
  interfaces: () => [],
  resolveType: row => (row.kind === 'USER' ? 'User' : 'MachineApplication'),
  fields: t => ({
    id: t.id({
      description: 'The opaque, globally unique id.',
      resolve: row => encodeNodeId(row.kind === 'USER' ? 'User' : 'MachineApplication', row.id),
    }),
    displayName: t.exposeString('displayName', { description: 'The name to show.' }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'Since when it is known here.',
      resolve: row => row.createdAt,
    }),
    managementPermissions: t.field({
      type: [ManagementPermissionEnum],
      nullable: true,
      description:
        "What this operator may do deployment-wide; empty for one who is none. One's own, or for who holds `management:write`; null otherwise.",
      authScopes: (row, _args, { actor }) =>
        (actor.kind !== 'ANONYMOUS' && actor.id === row.id) || { manages: 'management:write' },
      unauthorizedResolver: () => null,
      resolve: async (row, _args, context) => {
        const { actor } = context
        // One's own are what counts now (SSO-10).
        if (actor.kind !== 'ANONYMOUS' && actor.id === row.id && isKeptFromManaging(actor)) return []
        return [...(await managementOf(context, row))]
      },
    }),
  }),
})

/** What the viewer is shown of somebody they know of. At once where that is known: on a page a promise a row is dear. */
function shown<Value>(row: PrincipalRow, { load }: Context, value: Value): Value | null | Promise<Value | null> {
  if (row.isKnown === undefined) return load.isKnown.load(row.id).then(isKnown => (isKnown ? value : null))
  return row.isKnown ? value : null
}

builder.node(UserRef, {
  description: 'A person. A user belongs to the deployment, not to one organization.',
  interfaces: [PrincipalRef],
  id: { resolve: user => user.id },
  loadMany: (ids, context) =>
    present(
      ids,
      context.load.principalById,
      async row => row.kind === 'USER' && (await policy.seePrincipal(context, row.id)) === null,
    ),
  fields: t => ({
    avatarUrl: t.exposeString('avatarUrl', { nullable: true, description: 'A picture; null when none is known.' }),
    email: t.string({
      nullable: true,
      description:
        "The address. Null unless it is the viewer's own, the two share an organization where the viewer holds `member:read`, or none is known.",
      resolve: (user, _args, context) => shown(user, context, user.email),
    }),
    isEmailVerified: t.boolean({
      nullable: true,
      description: 'Whether the identity provider vouches for the address. Null where `email` is.',
      resolve: (user, _args, context) => (user.email === null ? null : shown(user, context, user.isEmailVerified)),
    }),
  }),
})

builder.node(MachineApplicationRef, {
  description: 'A machine-to-machine client. It joins organizations as a user does, with roles of the kind MACHINE.',
  interfaces: [PrincipalRef],
  id: { resolve: application => application.id },
  loadMany: (ids, context) =>
    present(
      ids,
      context.load.principalById,
      async row => row.kind === 'MACHINE' && (await policy.seePrincipal(context, row.id)) === null,
    ),
  fields: t => ({
    clientId: t.string({
      description: 'The OAuth client id; it is no secret.',
      resolve: application => application.clientId ?? '',
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it last called the gateway, to within a minute; null when it never did.',
      resolve: application => application.lastUsedAt,
    }),
  }),
})

builder.queryFields(t => ({
  users: t.field({
    type: UserConnection,
    description: 'Every user of the deployment, by name; for operators with `users:read`.',
    args: {
      ...t.arg.connectionArgs(),
      search: t.arg.string({
        description: 'Text in the display name or the email address, without regard to case; at most 128 characters.',
      }),
    },
    authScopes: { manages: 'users:read' },
    complexity: pageComplexity,
    resolve: (_root, args, context, info) => principalsOf(context, 'USER', args, withTotal(info)),
  }),
  machineApplications: t.field({
    type: MachineApplicationConnection,
    description: 'Every machine application of the deployment, by name; for operators with `users:read`.',
    args: {
      ...t.arg.connectionArgs(),
      search: t.arg.string({
        description: 'Text in the display name or the client id, without regard to case; at most 128 characters.',
      }),
    },
    authScopes: { manages: 'users:read' },
    complexity: pageComplexity,
    resolve: (_root, args, context, info) => principalsOf(context, 'MACHINE', args, withTotal(info)),
  }),
}))
