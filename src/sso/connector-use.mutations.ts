import * as policy from '../auth/sso-policy.ts'
import type { Context } from '../context.ts'
import { InvalidInputError } from '../errors.ts'
import { connectorIdField, findConnector } from '../graphql/connector-ids.ts'
import { findOrganization } from '../graphql/guards.ts'
import { idOf } from '../graphql/ids.ts'
import { type Guard, mutation } from '../graphql/mutation.ts'
import { SsoConnectorRef } from '../graphql/refs.ts'
import type { ConnectorUseRow } from './connector-use.loaders.ts'
import { shareSsoConnector, unshareSsoConnector } from './connector-use.service.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'

interface Named {
  readonly ssoConnectorId: string
  readonly organizationId: string
}
interface Sharing {
  readonly organizationId: string
  readonly connector: SsoConnectorRow
}

const toShare: Guard<Named, Sharing> = {
  noun: 'connector, or organization,',
  async find(ask, input) {
    const connector = await findConnector(ask, input.ssoConnectorId)
    const place = await findOrganization(ask, input)
    return connector === null || place === null ? null : { ...place, connector }
  },
  rule: (ask, { connector, organizationId }) => policy.shareSsoConnector(ask, connector, organizationId),
}

const toUnshare: Guard<Named, Sharing & { readonly use: ConnectorUseRow }> = {
  noun: 'connector that this organization uses',
  async find(ask, { ssoConnectorId, organizationId }) {
    const connector = await findConnector(ask, ssoConnectorId)
    if (connector === null) return null
    const use = (await ask.load.usesBySsoConnector.load(connector.id)).find(
      one => one.organizationId === organizationId && one.ownerId !== organizationId,
    )
    return use === undefined ? null : { organizationId, connector, use }
  },
  rule: (ask, { connector, use }) => policy.unshareSsoConnector(ask, connector, use),
}

/** The connector as it is now; null where the viewer may not see it. */
export async function seenConnector({ ssoConnectorId }: { ssoConnectorId: string }, context: Context) {
  const row = await context.load.ssoConnectorById.load(ssoConnectorId)
  return row !== null && (await policy.seeSsoConnector(context, row)) === null ? row : null
}

mutation('shareSsoConnector', {
  description:
    'Lets another organization use a connector: its just-in-time provisioning may name it, and its sign-in policy counts what is shown there. Whose addresses it signs in stays with the domains of its owner. Requires `sso:read` and `sso:manage` in both.',
  input: t => ({
    ssoConnectorId: t.field({ ...connectorIdField, description: 'Which connector.' }),
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Who is to use it.' }),
  }),
}).does({
  guard: toShare,
  errors: [InvalidInputError],
  run: (tx, _input, { connector, organizationId }) => shareSsoConnector(tx, connector, organizationId),
  payload: t => ({
    ssoConnector: t.field({
      type: SsoConnectorRef,
      nullable: true,
      description: 'The connector as it is now; null without `sso:read`.',
      resolve: (outcome, _args, context) => seenConnector(outcome, context),
    }),
  }),
})

mutation('unshareSsoConnector', {
  description:
    'Ends the use of a connector by another organization, with all that it is used for there. Who came through it stays. Requires `sso:read` and `sso:manage` where it is, or where it is used.',
  input: t => ({
    ssoConnectorId: t.field({ ...connectorIdField, description: 'Which connector.' }),
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Who is not to use it any more.' }),
  }),
}).does({
  guard: toUnshare,
  // Nothing yet; the union is there for what comes.
  errors: [InvalidInputError],
  run: (tx, _input, { connector, use }) => unshareSsoConnector(tx, connector, use),
  payload: t => ({
    ssoConnector: t.field({
      type: SsoConnectorRef,
      nullable: true,
      description: 'The connector as it is now; null where the viewer may not see it any more.',
      resolve: (outcome, _args, context) => seenConnector(outcome, context),
    }),
  }),
})
