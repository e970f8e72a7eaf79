import DataLoader from 'dataloader'
import { type Actor, bindingOf, manages } from '../auth/actor.ts'
import { type GatewayPermission, gatewayPermissionId } from '../auth/permissions.ts'
import { manyBy, oneBy } from '../db/loaders.ts'
import { type Db, type Instant, statement } from '../db/statement.ts'
import { heldPermissions } from '../roles/held-permissions.ts'
import type { PrincipalKind } from './principal.entity.ts'

export interface PrincipalRow {
  readonly id: string
  readonly kind: PrincipalKind
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly email: string | null
  readonly isEmailVerified: boolean
  readonly clientId: string | null
  readonly lastUsedAt: Instant | null
  readonly createdAt: Instant
  /** There when the row came by a way on which the viewer was found to know of the principal (`isKnown` below). */
  readonly isKnown?: boolean
}

/** The columns of a PrincipalRow, of the table under this alias. */
export const principalColumns = (alias: string) =>
  `${alias}.id, ${alias}.kind, ${alias}.display_name as "displayName", ${alias}.avatar_url as "avatarUrl", ${alias}.email,
  ${alias}.is_email_verified as "isEmailVerified", ${alias}.client_id as "clientId", ${alias}.last_used_at as "lastUsedAt",
  ${alias}.created_at as "createdAt"`

const principalById = statement(
  'principal_by_id',
  `select ${principalColumns('p')} from principal p where p.id = any($1::uuid[])`,
)

/** The organizations in which a principal holds a permission, as an array that is computed once per statement. */
export const organizationsWhere = (
  principal: string,
  permission: string,
) => `(select coalesce(array_agg(held.organization_id), '{}')
  from membership held
  join membership_role held_role on held_role.organization_id = held.organization_id and held_role.membership_id = held.id
  join ${heldPermissions('held_role')} held_permission on true
  where held.principal_id = ${principal} and held.suspended_at is null and held_permission.permission_id = ${permission})::uuid[]`

const fellows = statement(
  'fellow_members',
  `select distinct m.principal_id as id from membership m
   where m.principal_id = any($1::uuid[]) and m.organization_id = any (${organizationsWhere('$2::uuid', '$3::uuid')})
   union select a.application_id from organization_application a
   where a.application_id = any($1::uuid[]) and a.organization_id = any (${organizationsWhere('$2::uuid', '$4::uuid')})`,
)

const members = statement(
  'any_members',
  `select m.principal_id as id from membership m where m.principal_id = any($1::uuid[])
   union select a.application_id from organization_application a where a.application_id = any($1::uuid[])`,
)

const identities = statement(
  'identities_by_principal',
  'select principal_id as "principalId", issuer, subject from identity where principal_id = any($1::uuid[])',
)

export interface IdentityRow {
  readonly principalId: string
  readonly issuer: string
  readonly subject: string
}

export function principalLoaders(db: Db, actor: Actor) {
  return {
    identitiesByPrincipal: manyBy<IdentityRow>(db, identities, row => row.principalId),
    principalById: oneBy<PrincipalRow>(db, principalById, row => row.id),
    /** Whether the viewer may know of this principal, and its email: itself, a fellow member (MEM-12), an application of an organization where they hold application:read, an operator of users, or of organizations a member of any. */
    isKnown: new DataLoader<string, boolean>(async ids => {
      if (actor.kind === 'ANONYMOUS') return ids.map(() => false)
      if (manages(actor, 'users:read')) return ids.map(() => true)
      // Fellow members are found by what the roles permit; the token has to say it as well (TOK-7).
      const token = bindingOf(actor)
      const said = (key: GatewayPermission) =>
        token === null || token.scopes.includes(key) ? gatewayPermissionId(key) : null
      const strangers = ids.filter(id => id !== actor.id)
      // Who reads every organization holds member:read in each.
      const [known_, values] = manages(actor, 'organizations:read')
        ? [members, [strangers]]
        : [fellows, [strangers, actor.id, said('member:read'), said('application:read')]]
      const rows = strangers.length === 0 ? [] : await db.rows<{ id: string }>(known_, values)
      const known = new Set([actor.id, ...rows.map(row => row.id)])
      return ids.map(id => known.has(id))
    }),
  }
}
