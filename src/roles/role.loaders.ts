import DataLoader from 'dataloader'
import { manyBy, oneBy } from '../db/loaders.ts'
import { type Db, type Instant, statement } from '../db/statement.ts'
import type { PrincipalKind } from '../users/principal.entity.ts'
import { heldPermissions } from './held-permissions.ts'

export interface RoleRow {
  readonly id: string
  /** Null for a role of the template. */
  readonly organizationId: string | null
  readonly name: string
  readonly description: string | null
  readonly kind: PrincipalKind
  readonly isOwner: boolean
  readonly isDefault: boolean
  readonly createdAt: Instant
}
/** A role of the template comes with what it permits. */
export interface TemplateRoleRow extends RoleRow {
  readonly permissionIds: readonly string[]
}
export interface PermissionRow {
  readonly id: string
  readonly key: string
  readonly description: string
  readonly isBuiltIn: boolean
  readonly isOpenToCustomRoles: boolean
  readonly apiResourceId: string | null
}
export interface ApiResourceRow {
  readonly id: string
  readonly audience: string
  readonly name: string
  readonly createdAt: Instant
}

const permissionColumns =
  'id, key, description, is_built_in as "isBuiltIn", is_open_to_custom_roles as "isOpenToCustomRoles", api_resource_id as "apiResourceId"'
const resourceColumns = 'id, audience, name, created_at as "createdAt"'

const customRoleColumns =
  'id, organization_id as "organizationId", name, description, kind, false as "isOwner", false as "isDefault", created_at as "createdAt"'
const customRoleById = statement(
  'custom_role_by_id',
  `select ${customRoleColumns} from custom_role where id = any($1::uuid[])`,
)
const templateRoles = statement(
  'template_roles',
  `select id, null::uuid as "organizationId", name, description, kind, is_owner as "isOwner", is_default as "isDefault",
     created_at as "createdAt", array(select permission_id from template_role_permission where role_id = id) as "permissionIds"
   from template_role order by created_at, id`,
)
const customRoles = statement(
  'custom_roles',
  `select ${customRoleColumns} from custom_role where organization_id = any($1::uuid[]) order by lower(name), id`,
)
const permissionIdsByCustomRole = statement(
  'permission_ids_by_custom_role',
  `select rp.role_id as "roleId", rp.permission_id as "permissionId"
   from custom_role r join custom_role_permission rp on rp.organization_id = r.organization_id and rp.role_id = r.id
   where r.id = any($1::uuid[])`,
)
const permissionById = statement(
  'permission_by_id',
  `select ${permissionColumns} from permission where id = any($1::uuid[])`,
)
const permissions = statement(
  'permissions',
  `select ${permissionColumns} from permission order by is_built_in desc, key, id`,
)
const resources = statement('api_resources', `select ${resourceColumns} from api_resource order by audience`)
const resourceById = statement(
  'api_resource_by_id',
  `select ${resourceColumns} from api_resource where id = any($1::uuid[])`,
)
const permissionIdsByMembership = statement(
  'permission_ids_by_membership',
  `select distinct mr.membership_id as "membershipId", rp.permission_id as "permissionId"
   from membership_role mr join ${heldPermissions('mr')} rp on true
   where mr.membership_id = any($1::uuid[]) and mr.organization_id = any($2::uuid[])`,
)
const permitting = statement(
  'roles_permitting',
  `select asked.organization_id as "organizationId", asked.permission_id as "permissionId", r.role_id as "roleId"
   from unnest($1::uuid[], $2::uuid[]) as asked (organization_id, permission_id)
   cross join lateral (
     select tp.role_id from template_role_permission tp where tp.permission_id = asked.permission_id
     union all
     select cp.role_id from custom_role_permission cp
     where cp.organization_id = asked.organization_id and cp.permission_id = asked.permission_id) r`,
)
const holders = statement(
  'role_holders',
  `select pair.organization_id as "organizationId", pair.role_id as "roleId",
     (select count(*)::int from membership_role mr where mr.organization_id = pair.organization_id and mr.role_id = pair.role_id) as count
   from unnest($1::uuid[], $2::uuid[]) as pair (organization_id, role_id)`,
)

interface RolePermissionRow {
  readonly roleId: string
  readonly permissionId: string
}

/** A role in an organization, for counting who holds it there. */
export interface RoleIn {
  readonly organizationId: string
  readonly roleId: string
}
/** A permission in an organization, for asking which roles there have it. */
interface PermissionIn {
  readonly organizationId: string
  readonly permissionId: string
}
/** A membership and its organization: both are known where permissions are asked for, and both are in the index. */
export interface MembershipIn {
  readonly organizationId: string
  readonly id: string
}

export function roleLoaders(db: Db) {
  const template = once(() => db.templateRows<TemplateRoleRow>(templateRoles))
  const templateRole = async () => new Map((await template()).map(role => [role.id, role]))
  const customRoleById_ = oneBy<RoleRow>(db, customRoleById, row => row.id)
  const permissionIdsByCustomRole_ = manyBy<RolePermissionRow>(db, permissionIdsByCustomRole, row => row.roleId)
  return {
    /** A role of the template, or a custom role of an organization that row-level security shows. */
    roleById: new DataLoader<string, RoleRow | null>(async ids => {
      const known = await templateRole()
      return Promise.all(ids.map(id => known.get(id) ?? customRoleById_.load(id)))
    }),
    /** All roles of the template, oldest first. */
    templateRoles: template,
    customRolesByOrganization: manyBy<RoleRow>(db, customRoles, row => row.organizationId ?? ''),
    permissionIdsByRole: new DataLoader<string, readonly RolePermissionRow[]>(async ids => {
      const known = await templateRole()
      const of = (role: TemplateRoleRow) => role.permissionIds.map(permissionId => ({ roleId: role.id, permissionId }))
      return Promise.all(
        ids.map(id => {
          const role = known.get(id)
          return role === undefined ? permissionIdsByCustomRole_.load(id) : of(role)
        }),
      )
    }),
    permissionById: oneBy<PermissionRow>(db, permissionById, row => row.id),
    /** Every permission, those of the gateway first. */
    permissions: once(() => db.rows<PermissionRow>(permissions, [])),
    apiResources: once(() => db.rows<ApiResourceRow>(resources, [])),
    apiResourceById: oneBy<ApiResourceRow>(db, resourceById, row => row.id),
    /** The union of what the roles of a membership permit (ROL-1): to a member who is active, that is. */
    permissionIdsByMembership: new DataLoader<MembershipIn, readonly string[], string>(
      async keys => {
        const values = [keys.map(key => key.id), [...new Set(keys.map(key => key.organizationId))]]
        const rows = await db.rows<{ membershipId: string; permissionId: string }>(permissionIdsByMembership, values)
        const byMembership = Map.groupBy(rows, row => row.membershipId)
        return keys.map(key => (byMembership.get(key.id) ?? []).map(row => row.permissionId))
      },
      { cacheKeyFn: key => key.id },
    ),
    /** The roles of the template and of the organization that have a permission. */
    roleIdsPermitting: new DataLoader<PermissionIn, readonly string[], string>(
      async keys => {
        const values = [keys.map(key => key.organizationId), keys.map(key => key.permissionId)]
        const rows = await db.rows<PermissionIn & { roleId: string }>(permitting, values)
        const byKey = Map.groupBy(rows, pairOf)
        return keys.map(key => (byKey.get(pairOf(key)) ?? []).map(row => row.roleId))
      },
      { cacheKeyFn: pairOf },
    ),
    roleHolders: new DataLoader<RoleIn, number, string>(
      async keys => {
        const values = [keys.map(key => key.organizationId), keys.map(key => key.roleId)]
        const rows = await db.rows<RoleIn & { count: number }>(holders, values)
        const counts = new Map(rows.map(row => [`${row.organizationId} ${row.roleId}`, row.count]))
        return keys.map(key => counts.get(`${key.organizationId} ${key.roleId}`) ?? 0)
      },
      { cacheKeyFn: key => `${key.organizationId} ${key.roleId}` },
    ),
  }
}

const pairOf = ({ organizationId, permissionId }: PermissionIn) => `${organizationId} ${permissionId}`

/** A read without a key, made at most once. */
function once<Row>(read: () => Promise<readonly Row[]>): () => Promise<readonly Row[]> {
  let rows: Promise<readonly Row[]> | undefined
  return () => (rows ??= read())
}
