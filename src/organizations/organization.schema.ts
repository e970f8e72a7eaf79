import type { GatewayPermission } from '../auth/permissions.ts'
import * as policy from '../auth/policy.ts'
import { standingIn } from '../auth/standing.ts'
import type { Context } from '../context.ts'
import { builder } from '../graphql/builder.ts'
import { OrderDirection, pageComplexity, withTotal } from '../graphql/connection.ts'
import { idOf, readId } from '../graphql/ids.ts'
import { present, required } from '../graphql/present.ts'
import { readAhead } from '../graphql/read-ahead.ts'
import { OrganizationConnection, OrganizationRef } from '../graphql/refs.ts'
import { nullWithout } from '../graphql/scopes.ts'
import type { Loaders } from '../load.ts'
import { organizationsOf } from './organization.listing.ts'
import type { OrganizationRow } from './organization.loaders.ts'
import { slugSought } from './slug.ts'

const can = (permission: GatewayPermission) => async (organization: OrganizationRow, _args: object, context: Context) =>
  (await policy.holdsToChange(context, organization.id, permission)) === null

const Branding = builder.objectRef<OrganizationRow>('OrganizationBranding')
Branding.implement({
  description: "How the organization's pages and messages look.",
  fields: t => ({
    logoUrl: t.exposeString('logoUrl', {
      nullable: true,
      description: "The https address of the logo; null for the deployment's own.",
    }),
    primaryColor: t.exposeString('primaryColor', {
      nullable: true,
      description: "A color as `#1a2b3c`; null for the deployment's own.",
    }),
  }),
})

builder.node(OrganizationRef, {
  description: 'A tenant: a customer of the product, with its members, roles and invitations.',
  id: { resolve: organization => organization.id },
  loadMany: (ids, context) => present(ids, context.load.organizationById, () => true),
  fields: t => ({
    slug: t.exposeString('slug', { description: 'The unique short name, for addresses: 3 to 63 of `a-z 0-9 -`.' }),
    name: t.exposeString('name', { description: 'The name to show, 1 to 128 characters; not unique.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it is, at most 256 characters; null when it was not said.',
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was created.', resolve: row => row.createdAt }),
    version: t.exposeInt('version', {
      description:
        'Goes up with every update; send it as `expectedVersion` not to overwrite what somebody else changed.',
    }),
    branding: t.field({ type: Branding, description: 'Logo and color.', resolve: row => row }),
    customData: t.field({
      type: 'JSONObject',
      description: "The product's own data, a JSON object of at most 16 KiB and 8 levels.",
      resolve: async (organization, _args, { load }) =>
        (await load.organizationDataById.load(organization.id))?.customData ?? {},
    }),
    deletedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Set once deleted; only operators still see it then, and its owners in `Viewer.deletedOrganizations`.',
      resolve: row => row.deletedAt,
    }),
    purgesAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Until when a deleted organization can be restored; null while it is not deleted.',
      resolve: row => row.purgesAt,
    }),
    seatLimit: t.exposeInt('seatLimit', {
      nullable: true,
      description:
        'How many members there can be, suspended ones and machines included; null when nothing limits them. `setSeatLimit` sets it.',
    }),
    invitationsTakeSeats: t.exposeBoolean('invitationsTakeSeats', {
      description: 'Whether each pending invitation takes a seat, as a member does. Not by default.',
    }),
    seatsTaken: t.int({
      ...nullWithout('member:read'),
      description:
        'How many seats are taken: the members, and the pending invitations where `invitationsTakeSeats`. More than `seatLimit` where that was lowered. Requires `member:read`; null without it.',
      resolve: async (organization, _args, { load }) =>
        (await required(load.seatsTakenByOrganization.load(organization.id))).taken,
    }),
    viewerCanUpdate: t.boolean({
      description: 'Whether the viewer may change name, slug, description, branding and custom data.',
      resolve: can('organization:update'),
    }),
    viewerCanDelete: t.boolean({
      description: 'Whether the viewer may delete the organization.',
      resolve: can('organization:delete'),
    }),
    viewerCanInvite: t.boolean({
      description: 'Whether the viewer may invite people.',
      resolve: can('invitation:create'),
    }),
    viewerCanAddMembers: t.boolean({
      description: 'Whether the viewer may add known users and applications directly.',
      resolve: can('member:add'),
    }),
    viewerCanManageRoles: t.boolean({
      description: 'Whether the viewer may create custom roles.',
      resolve: can('role:manage'),
    }),
    viewerCanLeave: t.boolean({
      description: 'Whether the viewer is a member and so may leave. The last owner still cannot go.',
      resolve: async (organization, _args, context) =>
        (await policy.leaveOrganization(context, organization.id)) === null,
    }),
    viewerIsOwner: t.boolean({
      description: 'Whether the viewer holds the owner role here.',
      resolve: async (organization, _args, context) =>
        (await standingIn(context, organization.id))?.organization.viewerIsOwner ?? false,
    }),
  }),
})

const OrganizationSelector = builder.inputType('OrganizationRef', {
  description: 'Which organization: by exactly one of these.',
  isOneOf: true,
  fields: t => ({
    id: t.field({ ...idOf('Organization'), description: 'Its id.' }),
    slug: t.string({
      description:
        'Its slug, 3 to 63 characters, without regard to case. One that it had before leads to it for a while (configuration): `slug` of the answer is then another.',
      extensions: { lookup: 'organization.slug' },
    }),
  }),
})

const OrganizationFilter = builder.inputType('OrganizationFilter', {
  description: 'Which organizations; what is absent does not filter.',
  fields: t => ({
    search: t.string({ description: 'Text in the name or the slug, without regard to case; at most 128 characters.' }),
    isDeleted: t.boolean({
      required: true,
      defaultValue: false,
      description: 'The deleted ones that are not purged yet, or those that are not deleted.',
    }),
  }),
})
const OrganizationOrder = builder.inputType('OrganizationOrder', {
  description: 'How organizations are ordered.',
  fields: t => ({
    field: t.field({
      type: builder.enumType('OrganizationOrderField', {
        description: 'By what organizations are ordered.',
        values: {
          NAME: { description: 'By name, without regard to case.' },
          CREATED_AT: { description: 'By when they were created.' },
        } as const,
      }),
      required: true,
      description: 'By what.',
    }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Which way.' }),
  }),
})

/** By the id that the slug led to the last time, if that still has it: to find a slug takes one table more. */
async function bySlug(load: Loaders, slug: string, guess: string | undefined): Promise<OrganizationRow | null> {
  const guessed = guess === undefined ? null : await load.organizationById.load(guess)
  return guessed?.slug === slug ? guessed : load.organizationBySlug.load(slug)
}

builder.queryFields(t => ({
  organization: t.field({
    type: OrganizationRef,
    nullable: true,
    description: "One organization. Null, without an error, when it does not exist or is not the viewer's to see.",
    args: { by: t.arg({ type: OrganizationSelector, required: true, description: 'Which one.' }) },
    authScopes: { signedIn: true },
    resolve: async (_root, { by }, context, info) => {
      const { load, services } = context
      const id = by.id == null ? null : readId(by.id, ['Organization'], ['by', 'id'])
      const slug = id === null ? slugSought(by.slug ?? '') : null
      if (id === null && slug === null) return null
      const guess = id ?? services.slugs.guess(slug ?? '')
      const finding = id === null ? bySlug(load, slug ?? '', guess) : load.organizationById.load(id)
      if (guess !== undefined) readAhead(info, guess, context)
      const found = await finding
      if (slug !== null && found !== null) services.slugs.note(slug, found.id)
      return found
    },
  }),
  organizations: t.field({
    type: OrganizationConnection,
    description: 'Every organization of the deployment; for operators with `organizations:read`.',
    args: {
      ...t.arg.connectionArgs(),
      filter: t.arg({ type: OrganizationFilter, description: 'Which of them.' }),
      orderBy: t.arg({
        type: OrganizationOrder,
        required: true,
        defaultValue: { field: 'NAME', direction: 'ASC' },
        description: 'In which order.',
      }),
    },
    authScopes: { manages: 'organizations:read' },
    complexity: pageComplexity,
    resolve: async (_root, args, context, info) => {
      const page = await organizationsOf(context, args, withTotal(info))
      const rows = await Promise.all(
        page.rows.map(async row => ({ ...row, ...(await required(context.load.organizationById.load(row.id))) })),
      )
      return { ...page, rows }
    },
  }),
}))
