import { type Db, statement } from '../db/statement.ts'
import type { RoleUse } from './errors.ts'
import type { RoleRow } from './role.loaders.ts'

const use = statement(
  'role_use',
  'select members, invitations, links, "jitDefaults", "groupMappings" from tenantry_role_use($1, $2, $3)',
)
const counts = statement(
  'role_preview',
  `select permission_id as "permissionId", is_gained as "isGained", members, organizations
   from tenantry_role_preview($1, $2, $3, $4, $5, $6)`,
)

const losses = statement(
  'permission_preview',
  `select permission_id as "permissionId", false as "isGained", custom_roles as "customRoles", members, organizations
   from tenantry_permission_preview($1)`,
)

/** A role, by what leads to those who hold it. */
export type RoleAt = Pick<RoleRow, 'id' | 'organizationId'>

/** What a role is to give and to take: to those who have other roles as well, and to those who have no other. */
export interface RoleEffect {
  readonly role: RoleAt
  readonly given: readonly string[]
  readonly taken: readonly string[]
  readonly givenAlone: readonly string[]
  readonly takenAlone: readonly string[]
}

/** How many members gain or lose a permission; without one, how many gain or lose any. */
export interface EffectRow {
  readonly permissionId: string | null
  readonly isGained: boolean | null
  readonly members: number
  readonly organizations: number
}

/** Counts past row-level security, each for one role or some permissions: who may change the template is told how many, not who. */
export function previewLoaders(db: Db) {
  return {
    async roleUse(role: RoleAt, now: Date): Promise<RoleUse> {
      const [row] = await db.rows<RoleUse>(use, [role.id, role.organizationId, now])
      return row ?? { members: 0, invitations: 0, links: 0, jitDefaults: 0, groupMappings: 0 }
    },
    /** How many members lose these permissions; how many custom roles, too. */
    permissionLosses(permissionIds: readonly string[]): Promise<(EffectRow & { customRoles: number })[]> {
      return db.rows(losses, [permissionIds])
    },
    roleEffect({ role, given, taken, givenAlone, takenAlone }: RoleEffect): Promise<EffectRow[]> {
      return db.rows<EffectRow>(counts, [role.id, role.organizationId, given, taken, givenAlone, takenAlone])
    },
  }
}
