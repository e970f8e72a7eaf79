import * as policy from '../auth/joining-policy.ts'
import { setJitCeiling } from '../auth/organization-policy.ts'
import { builder } from '../graphql/builder.ts'
import { required, rolesByIds } from '../graphql/present.ts'
import { EmailDomainRef, OrganizationRef, PermissionRef, RoleRef, SsoConnectorRef } from '../graphql/refs.ts'
import { nullWithout } from '../graphql/scopes.ts'
import { UserErrorRef } from '../graphql/user-errors.schema.ts'
import { templateLimits } from '../roles/template.ts'
import { isWithin } from './ceiling.ts'
import { JitCeilingExceededError } from './errors.ts'
import type { JitJoining as Joining } from './jit-provisioning.entity.ts'
import { type JitProvisioningRow, noProvisioning } from './jit-provisioning.loaders.ts'

export const JitJoining = builder.enumType('JitJoining', {
  description: 'What a way in by signing in leads to.',
  values: {
    JOIN: {
      description:
        'A new user is a member at once, and so is one who was there before, at their first sign-in through a connector; by a domain, such a one is suggested the organization, and joins.',
    },
    REQUEST: { description: 'The organization is suggested, and they may ask to join.' },
  } as const satisfies Record<Joining, { description: string }>,
})

const JitProvisioning = builder.objectRef<JitProvisioningRow>('JitProvisioning').implement({
  description:
    'Who becomes a member by signing in, and with which roles. Only proved domains, and connectors in use, count, as they are at that moment.',
  fields: t => ({
    isEnabled: t.exposeBoolean('isEnabled', { description: 'Whether anybody does.' }),
    domainJoining: t.field({
      type: JitJoining,
      description: 'What an address of one of `emailDomains` leads to; one of another domain leads nowhere.',
      resolve: row => row.domainJoining,
    }),
    emailDomains: t.field({
      type: [EmailDomainRef],
      description: 'The domains that count, at most 100, by name; one that is lapsed counts again once it is proved.',
      resolve: async ({ organizationId }, _args, { load }) =>
        (await load.emailDomainsByOrganization.load(organizationId)).filter(one => one.provisions),
    }),
    connectorJoining: t.field({
      type: JitJoining,
      description: 'What a first sign-in through one of `ssoConnectors` leads to.',
      resolve: row => row.connectorJoining,
    }),
    ssoConnectors: t.field({
      type: [SsoConnectorRef],
      nullable: true,
      description: 'The connectors that count, at most 100, the oldest first. Requires `sso:read`; null without it.',
      authScopes: ({ organizationId }) => ({ holds: { organizationId, permission: 'sso:read' as const } }),
      unauthorizedResolver: () => null,
      resolve: async ({ organizationId }, _args, { load }) => {
        const uses = await load.ssoUsesByOrganization.load(organizationId)
        const ids = uses.filter(use => use.provisions).map(use => use.connectorId)
        return Promise.all(ids.map(id => required(load.ssoConnectorById.load(id))))
      },
    }),
    roles: t.field({
      type: [RoleRef],
      description:
        'What they are given, at most 100; empty: the default role. One that permits more than `permissionCeiling` is left out.',
      resolve: async ({ organizationId }, _args, { load }) => {
        const rows = await load.roleIdsByJitProvisioning.load(organizationId)
        return rolesByIds(
          load,
          rows.map(row => row.roleId),
        )
      },
    }),
    permissionCeiling: t.field({
      type: [PermissionRef],
      description: `What may be given so at most, at most ${templateLimits.permissions}; operators say it.`,
      resolve: async ({ ceiling }, _args, { load }) =>
        (await load.permissions()).filter(({ id }) => isWithin(ceiling, id)),
    }),
    isCeilingDefault: t.boolean({
      description:
        'Whether operators said nothing: the permissions of the product, and those of the gateway that read.',
      resolve: ({ ceiling }) => ceiling === null,
    }),
    skippedForSeatsCount: t.int({
      description: 'How many signed in while no seat was free, and are no members yet.',
      resolve: async ({ organizationId }, _args, { load }) =>
        (await load.jitSkippedByOrganization.load(organizationId))?.count ?? 0,
    }),
    lastSkippedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the last of those did; null when there is none.',
      resolve: async ({ organizationId }, _args, { load }) =>
        (await load.jitSkippedByOrganization.load(organizationId))?.lastAt ?? null,
    }),
    viewerCanUpdate: t.boolean({
      description: 'Whether the viewer may change it.',
      resolve: async ({ organizationId }, _args, context) =>
        (await policy.updateJitProvisioning(context, organizationId)) === null,
    }),
    viewerCanSetCeiling: t.boolean({
      description: 'Whether the viewer may say what it may give at most.',
      resolve: async ({ organizationId }, _args, context) => (await setJitCeiling(context, organizationId)) === null,
    }),
  }),
})

builder.objectField(OrganizationRef, 'jitProvisioning', t =>
  t.field({
    type: JitProvisioning,
    ...nullWithout('domain:read'),
    description:
      'Who becomes a member by signing in; nobody, until somebody says otherwise. Requires `domain:read`; null without it.',
    resolve: async ({ id }, _args, { load }) =>
      (await load.jitProvisioningByOrganization.load(id)) ?? noProvisioning(id),
  }),
)

builder.objectType(JitCeilingExceededError, {
  name: 'JitCeilingExceededError',
  description: 'A role permits more than operators let just-in-time provisioning give.',
  interfaces: [UserErrorRef],
  fields: t => ({
    beyond: t.field({
      type: [PermissionRef],
      description: 'What is too much.',
      resolve: async ({ beyond }, _args, { load }) =>
        (await Promise.all(beyond.map(id => load.permissionById.load(id)))).filter(row => row !== null),
    }),
  }),
})
