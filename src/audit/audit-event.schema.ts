import * as policy from '../auth/policy.ts'
import { builder } from '../graphql/builder.ts'
import { pageComplexity, withTotal } from '../graphql/connection.ts'
import { encodeNodeId, idOf, nodeTypes, readId } from '../graphql/ids.ts'
import { present } from '../graphql/present.ts'
import { AuditEventConnection, AuditEventRef, OrganizationRef, PrincipalRef } from '../graphql/refs.ts'
import { nullWithout } from '../graphql/scopes.ts'
import { deploymentId } from '../ids.ts'
import { type AuditAction as Action, auditActions } from './actions.ts'
import type { AuditChange as Change } from './audit-event.entity.ts'
import { auditEventsOf } from './audit-event.listing.ts'

const AuditAction = builder.enumType('AuditAction', {
  description: 'What can happen. A word in the past tense for each.',
  values: Object.fromEntries(
    Object.entries(auditActions).map(([action, description]) => [action, { description }]),
  ) as Record<Action, { description: string }>,
})

const AuditChange = builder.objectRef<Change>('AuditChange').implement({
  description: 'One field that changed. Secrets and tokens never appear here; long values are cut.',
  fields: t => ({
    field: t.exposeString('field', { description: 'Which field.' }),
    before: t.exposeString('before', { nullable: true, description: 'Its value before; null for none.' }),
    after: t.exposeString('after', { nullable: true, description: 'Its value after; null for none.' }),
  }),
})

builder.node(AuditEventRef, {
  description: 'Something that happened: written in the transaction of the change it records, and never altered.',
  id: { resolve: event => event.id },
  loadMany: (ids, context) =>
    present(ids, context.load.auditEventById, async row =>
      row.organizationId === deploymentId
        ? policy.manages(context, 'audit:read') === null
        : (await policy.holds(context, row.organizationId, 'audit:read')) === null,
    ),
  fields: t => ({
    action: t.field({ type: AuditAction, description: 'What happened.', resolve: event => event.action }),
    occurredAt: t.field({ type: 'DateTime', description: 'When.', resolve: event => event.occurredAt }),
    ipAddress: t.exposeString('ipAddress', {
      nullable: true,
      description: 'From where; null when it was not from a request.',
    }),
    changes: t.field({
      type: [AuditChange],
      description: 'What changed, field by field.',
      resolve: event => [...event.changes],
    }),
    actor: t.field({
      type: PrincipalRef,
      nullable: true,
      description: 'Who did it. Null for the system itself and for accounts that are gone; `actorLabel` stays.',
      resolve: ({ actorId }, _args, { load }) => (actorId === null ? null : load.principalById.load(actorId)),
    }),
    actorLabel: t.exposeString('actorLabel', {
      nullable: true,
      description: 'The name of who did it, at that time; null for the system itself.',
    }),
    targetLabel: t.exposeString('targetLabel', { description: 'What it was done to, as it was called at that time.' }),
    targetId: t.id({
      nullable: true,
      description:
        'The id of what it was done to, for `node`, which shows it while it is there and is yours to see; null for what has no id.',
      resolve: ({ targetType, targetId }) =>
        targetType === null || targetId === null ? null : encodeNodeId(targetType, targetId),
    }),
  }),
})

/** What an entry can be about: all that has an id but entries. */
const targetTypes = nodeTypes.filter(type => type !== 'AuditEvent')

const AuditEventFilter = builder.inputType('AuditEventFilter', {
  description: 'Which events; what is absent does not filter.',
  fields: t => ({
    actions: t.field({ type: [AuditAction], description: 'One of these actions.' }),
    actorId: t.field({ ...idOf('User', 'MachineApplication'), description: 'Done by this user or application.' }),
    targetId: t.field({ ...idOf(...targetTypes), description: 'Done to this.' }),
    since: t.field({ type: 'DateTime', description: 'At this instant or later.' }),
    until: t.field({ type: 'DateTime', description: 'Before this instant.' }),
  }),
})

type FilterInput = typeof AuditEventFilter.$inferInput

const filterOf = (filter: FilterInput | null | undefined) => ({
  ...filter,
  actorId:
    filter?.actorId == null ? null : readId(filter.actorId, ['User', 'MachineApplication'], ['filter', 'actorId']),
  targetId: filter?.targetId == null ? null : readId(filter.targetId, targetTypes, ['filter', 'targetId']),
})

builder.objectField(OrganizationRef, 'auditEvents', t =>
  t.field({
    type: AuditEventConnection,
    description: 'What happened here, newest first. Requires `audit:read`; null without it.',
    args: { ...t.arg.connectionArgs(), filter: t.arg({ type: AuditEventFilter, description: 'Which of it.' }) },
    complexity: pageComplexity,
    ...nullWithout('audit:read'),
    resolve: (organization, args, context, info) =>
      auditEventsOf(context, organization.id, { ...args, filter: filterOf(args.filter) }, withTotal(info)),
  }),
)

builder.queryField('auditEvents', t =>
  t.field({
    type: AuditEventConnection,
    description:
      'What happened to the deployment itself (template, API resources, operators), or in one organization, newest first; for operators with `audit:read`.',
    args: {
      ...t.arg.connectionArgs(),
      organizationId: t.arg({
        ...idOf('Organization'),
        description:
          'What happened in this organization instead: the log outlives one that was purged, and its id stands in the entry that tells of that.',
      }),
      filter: t.arg({ type: AuditEventFilter, description: 'Which of it.' }),
    },
    authScopes: { manages: 'audit:read' },
    complexity: pageComplexity,
    resolve: (_root, { organizationId, ...args }, context, info) => {
      const place = organizationId == null ? deploymentId : readId(organizationId, ['Organization'], ['organizationId'])
      return auditEventsOf(context, place, { ...args, filter: filterOf(args.filter) }, withTotal(info))
    },
  }),
)
