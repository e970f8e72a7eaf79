import { manyBy } from '../db/loaders.ts'
import { type Db, statement } from '../db/statement.ts'

/** An organization that uses a connector: of its own, or shared by its owner. */
export interface ConnectorUseRow {
  readonly organizationId: string
  readonly connectorId: string
  /** The organization whose connector it is. */
  readonly ownerId: string
  /** Whether just-in-time provisioning takes people in by it. */
  readonly provisions: boolean
  /** Whether groups decide the mapped roles at each sign-in, and not only at the first. */
  readonly reapplies: boolean
}

/** A role that a group of the provider stands for in an organization. */
export interface GroupMappingRow {
  readonly organizationId: string
  readonly connectorId: string
  readonly group: string
  readonly roleId: string
}

const columns = `u.organization_id as "organizationId", u.connector_id as "connectorId", u.owner_id as "ownerId", u.provisions,
  u.reapplies`
// The owner first.
const byConnector = statement(
  'uses_of_sso_connectors',
  `select ${columns} from sso_connector_use u where u.connector_id = any($1::uuid[])
   order by u.organization_id <> u.owner_id, u.organization_id`,
)
const byOrganization = statement(
  'sso_uses_by_organization',
  `select ${columns} from sso_connector_use u
   join sso_connector c on c.organization_id = u.owner_id and c.id = u.connector_id
   where u.organization_id = any($1::uuid[]) order by c.created_at, c.id`,
)

const mappings = statement(
  'group_mappings_of_sso_connectors',
  `select organization_id as "organizationId", connector_id as "connectorId", group_name as "group", role_id as "roleId"
   from sso_group_mapping where connector_id = any($1::uuid[]) order by group_name, role_id`,
)

export function connectorUseLoaders(db: Db) {
  return {
    /** As far as the viewer is of the organization that uses it, or of its owner. */
    usesBySsoConnector: manyBy<ConnectorUseRow>(db, byConnector, row => row.connectorId),
    /** Of each organization that uses it, as far as the viewer is of it. */
    groupMappingsBySsoConnector: manyBy<GroupMappingRow>(db, mappings, row => row.connectorId),
    ssoUsesByOrganization: manyBy<ConnectorUseRow>(db, byOrganization, row => row.organizationId),
  }
}
