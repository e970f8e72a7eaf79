import * as policy from '../auth/policy.ts'
import { builder } from '../graphql/builder.ts'
import { idOf, readId } from '../graphql/ids.ts'
import { ManagementPermissionEnum, MembershipRef, PermissionRef, RoleRef } from '../graphql/refs.ts'
import type { MembershipRow } from '../members/membership.loaders.ts'
import {
  type AccessExplanation,
  type AccessOutcome,
  accessOutcomes,
  coveringManagement,
  explainAccess,
  permissionSought,
} from './explain-access.ts'
import type { RoleRow } from './role.loaders.ts'

const AccessOutcomeEnum = builder.enumType('AccessOutcome', {
  description: 'Whether a member may do something, and if not, why.',
  values: Object.fromEntries(
    Object.entries(accessOutcomes).map(([outcome, description]) => [outcome, { description }]),
  ) as Record<AccessOutcome, { description: string }>,
})

const AccessRemedy = builder
  .objectRef<{ readonly membership: MembershipRow; readonly role: RoleRow }>('AccessRemedy')
  .implement({
    description: 'A role that would permit what a member may not do.',
    fields: t => ({
      role: t.field({ type: RoleRef, description: 'The role, of the kind of the member.', resolve: row => row.role }),
      viewerCanGive: t.boolean({
        description: "Whether the viewer may give it to this member: change the member's roles, and give this role.",
        resolve: async ({ membership, role }, _args, context) =>
          (await policy.changeMemberRoles(context, membership)) === null &&
          (await policy.assignRole(context, membership.organizationId, role)) === null,
      }),
    }),
  })

const AccessExplanationRef = builder.objectRef<AccessExplanation>('AccessExplanation').implement({
  description: 'Why a member may do something, or what is missing.',
  fields: t => ({
    membership: t.field({ type: MembershipRef, description: 'Who, and where.', resolve: row => row.membership }),
    permission: t.field({
      type: PermissionRef,
      nullable: true,
      description: 'What was asked about; null when there is no such permission.',
      resolve: row => row.permission,
    }),
    outcome: t.field({
      type: AccessOutcomeEnum,
      description: 'Whether the member may do it by their roles, and if not, why.',
      resolve: row => row.outcome,
    }),
    heldThrough: t.field({
      type: [RoleRef],
      description: 'The roles of the member that permit it, those of the template first; empty when none does.',
      resolve: row => [...row.heldThrough],
    }),
    remedies: t.field({
      type: [AccessRemedy],
      description:
        'The roles that would permit it, where none of the member does: at most as many as the organization has. Empty also when no role has the permission.',
      resolve: ({ membership, remedies }) => remedies.map(role => ({ membership, role })),
    }),
    managementPermissions: t.field({
      type: [ManagementPermissionEnum],
      nullable: true,
      description:
        "By what the member may do it as an operator, in every organization; empty for nothing. One's own, or for who holds `management:write`; null otherwise.",
      authScopes: ({ membership }, _args, { actor }) =>
        (actor.kind !== 'ANONYMOUS' && actor.id === membership.principalId) || { manages: 'management:write' },
      unauthorizedResolver: () => null,
      resolve: (row, _args, context) => coveringManagement(context, row),
    }),
  }),
})

const ApiPermissionSelector = builder.inputType('ApiPermissionRef', {
  description: 'A permission of an API resource.',
  fields: t => ({
    audience: t.string({ required: true, description: 'The audience of the API resource, at most 512 characters.' }),
    key: t.string({ required: true, description: 'The key in that API resource, at most 128 characters.' }),
  }),
})

const PermissionSelector = builder.inputType('PermissionRef', {
  description: 'Which permission: by exactly one of these.',
  isOneOf: true,
  fields: t => ({
    id: t.field({ ...idOf('Permission'), description: 'Its id.' }),
    key: t.string({
      description: 'The key of a permission of the gateway, or of the product at large; at most 128 characters.',
    }),
    ofApi: t.field({ type: ApiPermissionSelector, description: 'A permission of an API resource.' }),
  }),
})

builder.queryField('explainAccess', t =>
  t.field({
    type: AccessExplanationRef,
    nullable: true,
    description:
      "Why a member may do something in their organization, or what is missing. For one's own membership, and for who holds `member:read` there; null, without an error, for every other.",
    args: {
      membershipId: t.arg({ ...idOf('Membership'), required: true, description: 'Which membership.' }),
      permission: t.arg({ type: PermissionSelector, required: true, description: 'To do what.' }),
    },
    authScopes: { signedIn: true },
    resolve: async (_root, { membershipId, permission: { id, key, ofApi } }, context) => {
      const membership = await context.load.membershipById.load(readId(membershipId, ['Membership'], ['membershipId']))
      if (membership === null || (await policy.seeMembership(context, membership)) !== null) return null
      const named = ofApi ?? { key: key ?? '', audience: null }
      const sought = id == null ? named : { id: readId(id, ['Permission'], ['permission', 'id']) }
      return explainAccess(context, membership, await permissionSought(context, sought))
    },
  }),
)
