import * as policy from '../auth/sso-policy.ts'
import { builder } from '../graphql/builder.ts'
import { handful } from '../graphql/connection.ts'
import { encodeNodeId } from '../graphql/ids.ts'
import { required } from '../graphql/present.ts'
import { OrganizationRef, RoleRef, SsoConnectorRef } from '../graphql/refs.ts'
import type { ConnectorUseRow, GroupMappingRow } from './connector-use.loaders.ts'

const SsoGroupMapping = builder.objectRef<GroupMappingRow>('SsoGroupMapping').implement({
  description: 'A role that a group of the provider stands for.',
  fields: t => ({
    group: t.exposeString('group', { description: 'The group as the provider names it.' }),
    role: t.field({
      type: RoleRef,
      description: 'The role.',
      resolve: ({ roleId }, _args, { load }) => required(load.roleById.load(roleId)),
    }),
  }),
})

/** What an organization uses a connector for is for who may see connectors there. */
const there = {
  nullable: true as const,
  authScopes: ({ organizationId }: ConnectorUseRow) => ({ holds: { organizationId, permission: 'sso:read' as const } }),
  unauthorizedResolver: () => null,
}

const SsoConnectorUse = builder.objectRef<ConnectorUseRow>('SsoConnectorUse').implement({
  description: 'An organization that uses a connector: of its own, or shared by its owner.',
  fields: t => ({
    organizationId: t.id({
      description: 'The id of the organization.',
      resolve: row => encodeNodeId('Organization', row.organizationId),
    }),
    organization: t.field({
      type: OrganizationRef,
      nullable: true,
      description: 'The organization; null where the viewer is not of it.',
      resolve: ({ organizationId }, _args, { load }) => load.organizationById.load(organizationId),
    }),
    groupMappings: t.field({
      type: [SsoGroupMapping],
      ...there,
      description:
        'For which of its roles groups stand, at most 100, by group. Requires `sso:read` there; null without it.',
      resolve: async ({ connectorId, organizationId }, _args, { load }) =>
        (await load.groupMappingsBySsoConnector.load(connectorId)).filter(row => row.organizationId === organizationId),
    }),
    reappliesGroups: t.boolean({
      ...there,
      description:
        'Whether groups decide the mapped roles at each sign-in, and nobody by hand; else they are given at the first. Requires `sso:read` there; null without it.',
      resolve: row => row.reapplies,
    }),
    viewerCanSetGroupMappings: t.boolean({
      description: 'Whether the viewer may say for which roles groups stand.',
      resolve: async ({ organizationId }, _args, context) =>
        (await policy.mapSsoGroups(context, organizationId)) === null,
    }),
    viewerCanUnshare: t.boolean({
      description: 'Whether the viewer may end it; not the use by the organization whose connector it is.',
      resolve: async (row, _args, context) => {
        if (row.organizationId === row.ownerId) return false
        const connector = await required(context.load.ssoConnectorById.load(row.connectorId))
        return (await policy.unshareSsoConnector(context, connector, row)) === null
      },
    }),
  }),
})

builder.interfaceField(SsoConnectorRef, 'uses', t =>
  t.field({
    type: [SsoConnectorUse],
    complexity: handful,
    description:
      'Which organizations use it, at most 100, its owner first; without `sso:read` where it is, only those where the viewer holds it.',
    resolve: async ({ id }, _args, context) => {
      const uses = await context.load.usesBySsoConnector.load(id)
      const seen = await Promise.all(uses.map(use => policy.seeConnectorUse(context, use)))
      return uses.filter((_use, index) => seen[index] === null)
    },
  }),
)
