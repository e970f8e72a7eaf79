import { changesOf, listChange } from '../audit/changes.ts'
import { missingToGrant } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { PermissionEscalationError, RoleNotAssignableError } from '../errors.ts'
import { beyondCeiling } from '../jit-provisioning/ceiling.ts'
import { JitCeilingExceededError } from '../jit-provisioning/errors.ts'
import { assignableRoles } from '../roles/assignable.ts'
import type { ConnectorUseRow } from './connector-use.loaders.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'

interface Mapping {
  readonly group: string
  readonly roleId: string
}
export interface SetSsoGroupMappings {
  mappings: readonly Mapping[]
  reapplies?: boolean | null | undefined
}

const clear = statement(
  'clear_group_mappings',
  `delete from sso_group_mapping where organization_id = $1 and connector_id = $2
     and (group_name, role_id) not in (select * from unnest($3::text[], $4::uuid[]))`,
)
const add = statement(
  'add_group_mappings',
  `insert into sso_group_mapping (organization_id, connector_id, group_name, template_role_id, custom_role_id)
   select $1, $2, group_name, template_role_id, custom_role_id
   from unnest($3::text[], $4::uuid[], $5::uuid[]) as given (group_name, template_role_id, custom_role_id)
   on conflict do nothing`,
)
const setReapplies = statement(
  'set_reapplies',
  'update sso_connector_use set reapplies = $3 where organization_id = $1 and connector_id = $2',
)

/**
 * Says for which roles of an organization the groups of a provider stand, all of them. Whoever changes what leads to a role
 * has to hold all of it, and so has whoever has groups decide from now on (ROL-3, SSO-6).
 * @throws RoleNotAssignableError, PermissionEscalationError, JitCeilingExceededError
 */
export async function setSsoGroupMappings(
  tx: Tx,
  input: SetSsoGroupMappings,
  { connector, use }: { connector: SsoConnectorRow; use: ConnectorUseRow },
) {
  const { organizationId, connectorId } = use
  const wanted = [...new Map(input.mappings.map(one => [keyOf(one), one])).values()]
  const roles = await assignableRoles(
    tx,
    organizationId,
    'USER',
    wanted.map(one => one.roleId),
  )
  const owner = roles.find(role => role.isOwner)
  if (owner !== undefined) throw new RoleNotAssignableError([owner.id])
  const before = (await tx.load.groupMappingsBySsoConnector.load(connectorId)).filter(
    row => row.organizationId === organizationId,
  )
  const reapplies = input.reapplies ?? use.reapplies
  const kept = new Set(before.map(keyOf))
  const named = new Set(wanted.map(keyOf))
  const changed = new Set(
    [...wanted.filter(one => !kept.has(keyOf(one))), ...before.filter(one => !named.has(keyOf(one)))].map(
      one => one.roleId,
    ),
  )
  const isSwitchedOn = reapplies && !use.reapplies
  // What no group stands for any more is in nobody's way.
  const decided = roles.filter(role => isSwitchedOn || changed.has(role.id)).map(role => role.id)
  const missing = await missingToGrant(tx, organizationId, decided)
  if (missing.length > 0) throw new PermissionEscalationError(missing)
  const ceiling = (await tx.load.jitProvisioningByOrganization.load(organizationId))?.ceiling ?? null
  const beyond = await beyondCeiling(tx, ceiling, decided)
  if (beyond.length > 0) throw new JitCeilingExceededError(beyond)

  const changes = [
    ...changesOf({ reapplies: use.reapplies }, { reapplies }),
    ...listChange('mappings', await told(tx, before, named), await told(tx, wanted, kept)),
  ]
  if (changes.length === 0) return { ssoConnectorId: connectorId }
  const groups = wanted.map(one => one.group)
  const ids = wanted.map(one => one.roleId)
  const byId = new Map(roles.map(role => [role.id, role]))
  const isCustom = (id: string) => byId.get(id)?.organizationId != null
  await tx.rows(clear, [organizationId, connectorId, groups, ids])
  const template = ids.map(id => (isCustom(id) ? null : id))
  const custom = ids.map(id => (isCustom(id) ? id : null))
  await tx.rows(add, [organizationId, connectorId, groups, template, custom])
  await tx.rows(setReapplies, [organizationId, connectorId, reapplies])
  const action = 'SSO_GROUP_MAPPINGS_UPDATED'
  tx.record({
    organizationId,
    action,
    target: { type: 'SsoConnector', id: connectorId, label: connector.name },
    changes,
  })
  tx.emit(organizationId, action, { organizationId, ssoConnectorId: connectorId })
  return { ssoConnectorId: connectorId }
}

const keyOf = ({ group, roleId }: Mapping) => `${roleId} ${group}`

/** In words, those that are not among the others. */
async function told({ load }: Tx, mappings: readonly Mapping[], others: ReadonlySet<string>): Promise<string[]> {
  const rest = mappings.filter(one => !others.has(keyOf(one)))
  const roles = await Promise.all(rest.map(one => load.roleById.load(one.roleId)))
  return rest.map(({ group }, index) => `${group}: ${roles[index]?.name ?? ''}`)
}
