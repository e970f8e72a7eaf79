import { z } from 'zod'
import { mapSsoGroups } from '../auth/sso-policy.ts'
import { InvalidInputError, PermissionEscalationError, RoleNotAssignableError } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import { connectorIdField, findConnector } from '../graphql/connector-ids.ts'
import { idOf } from '../graphql/ids.ts'
import { type Guard, mutation } from '../graphql/mutation.ts'
import { SsoConnectorRef } from '../graphql/refs.ts'
import { JitCeilingExceededError } from '../jit-provisioning/errors.ts'
import { line } from '../text.ts'
import type { ConnectorUseRow } from './connector-use.loaders.ts'
import { seenConnector } from './connector-use.mutations.ts'
import { setSsoGroupMappings } from './group-mapping.service.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'

interface Target {
  readonly organizationId: string
  readonly connector: SsoConnectorRow
  readonly use: ConnectorUseRow
}

const ofUse: Guard<{ ssoConnectorId: string; organizationId: string }, Target> = {
  noun: 'connector that this organization uses',
  async find(ask, { ssoConnectorId, organizationId }) {
    const connector = await findConnector(ask, ssoConnectorId)
    if (connector === null) return null
    const uses = await ask.load.usesBySsoConnector.load(connector.id)
    const use = uses.find(one => one.organizationId === organizationId)
    return use === undefined ? null : { organizationId, connector, use }
  },
  rule: (ask, { organizationId }) => mapSsoGroups(ask, organizationId),
}

const MappingInput = builder.inputType('SsoGroupMappingInput', {
  description: 'A role that a group stands for.',
  fields: t => ({
    group: t.string({ required: true, description: 'The group as the provider names it, 1 to 256 characters.' }),
    roleId: t.field({
      ...idOf('OrganizationRole'),
      required: true,
      description: 'A USER role, within the ceiling; not the owner role.',
    }),
  }),
})

const group = z
  .string()
  .trim()
  .refine(text => line(text, 256) !== null, '1 to 256 characters, in one line.')
const mappings = z
  .array(
    z.object({
      group,
      roleId: z.string(),
    }),
  )
  .max(100, 'At most 100 mappings.')

mutation('setSsoGroupMappings', {
  description:
    'Says for which roles of an organization the groups of a provider stand. Requires `sso:read` and `sso:manage` there, and every permission of the roles that groups lead to otherwise than before.',
  input: t => ({
    ssoConnectorId: t.field({ ...connectorIdField, description: 'Which connector.' }),
    organizationId: t.field({
      ...idOf('Organization'),
      required: true,
      description: 'Where: the organization of the connector, or one that it is shared with.',
    }),
    mappings: t.field({
      type: [MappingInput],
      required: true,
      description: 'All mappings, at most 100; empty for none. A group may stand for several roles.',
    }),
    reapplies: t.boolean({
      description:
        'Whether groups decide the mapped roles at each sign-in, and nobody by hand; absent: as it is, which is not unless it was said.',
    }),
  }),
}).does({
  valid: z.object({ mappings }),
  guard: ofUse,
  errors: [InvalidInputError, RoleNotAssignableError, PermissionEscalationError, JitCeilingExceededError],
  run: (tx, input, target) => setSsoGroupMappings(tx, input, target),
  payload: t => ({
    ssoConnector: t.field({
      type: SsoConnectorRef,
      nullable: true,
      description: 'The connector as it is now; never null, and only typed as in `shareSsoConnector`.',
      resolve: (outcome, _args, context) => seenConnector(outcome, context),
    }),
  }),
})
