import * as policy from '../auth/policy.ts'
import { builder } from '../graphql/builder.ts'
import { required, rolesByIds } from '../graphql/present.ts'
import { MembershipRef, RoleRef } from '../graphql/refs.ts'
import { UserErrorRef } from '../graphql/user-errors.schema.ts'
import {
  RoleChangedError,
  RoleInUseError,
  RoleLimitReachedError,
  RoleManagedByGroupsError,
  TemplateLimitReachedError,
} from './errors.ts'

const interfaces = [UserErrorRef]

builder.objectType(RoleChangedError, {
  name: 'RoleChangedError',
  description:
    'Somebody else changed what the role permits since the client saw the preview whose fingerprint it sent.',
  interfaces,
  fields: t => ({
    role: t.field({
      type: RoleRef,
      description: 'The role as it is now.',
      resolve: (error, _args, { load }) => required(load.roleById.load(error.roleId)),
    }),
  }),
})
builder.objectType(RoleLimitReachedError, {
  name: 'RoleLimitReachedError',
  description: 'The organization has as many custom roles as one may have.',
  interfaces,
  fields: t => ({ limit: t.exposeInt('limit', { description: 'How many that is.' }) }),
})
builder.objectType(TemplateLimitReachedError, {
  name: 'TemplateLimitReachedError',
  description: 'The template has as many roles, permissions or API resources as it can have.',
  interfaces,
  fields: t => ({ limit: t.exposeInt('limit', { description: 'How many that is.' }) }),
})
builder.objectType(RoleManagedByGroupsError, {
  name: 'RoleManagedByGroupsError',
  description: 'An identity provider decides these roles by its groups, at each sign-in.',
  interfaces,
  fields: t => ({
    roles: t.field({
      type: [RoleRef],
      description: 'The roles, at most 100.',
      resolve: ({ roleIds }, _args, { load }) => rolesByIds(load, roleIds),
    }),
  }),
})
builder.objectType(RoleInUseError, {
  name: 'RoleInUseError',
  description: 'Somebody holds the role, and no replacement was named.',
  interfaces,
  fields: t => ({
    memberCount: t.int({
      description: 'How many members hold it; of a template role, in all organizations.',
      resolve: ({ use }) => use.members,
    }),
    invitationCount: t.int({
      description: 'How many pending invitations offer it.',
      resolve: ({ use }) => use.invitations,
    }),
    inviteLinkCount: t.int({
      description: 'How many active invite links give it.',
      resolve: ({ use }) => use.links,
    }),
    jitProvisioningCount: t.int({
      description: 'In how many organizations whoever signs in first is given it.',
      resolve: ({ use }) => use.jitDefaults,
    }),
    groupMappingCount: t.int({
      description: 'For how many groups of identity providers it stands.',
      resolve: ({ use }) => use.groupMappings,
    }),
    memberships: t.field({
      type: [MembershipRef],
      description:
        'The first 20 who hold it, as far as the viewer may see them; empty when they are not the viewer’s to see.',
      resolve: async (error, _args, context) => {
        const rows = await context.load.holdersByRole.load(error.roleId)
        const seen = await Promise.all(rows.map(async row => (await policy.seeMembership(context, row)) === null))
        return rows.filter((_row, index) => seen[index])
      },
    }),
  }),
})
