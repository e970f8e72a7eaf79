import { bindingOf } from '../auth/actor.ts'
import { gatewayPermissionId } from '../auth/permissions.ts'
import type { PageArgs } from '../db/cursor.ts'
import { type Condition, contains, type Listing, type Page, pageOf, searchOf } from '../db/page.ts'
import type { Ask } from '../load.ts'
import type { RoleRow } from '../roles/role.loaders.ts'
import type { PrincipalKind } from '../users/principal.entity.ts'
import { organizationsWhere, type PrincipalRow } from '../users/principal.loaders.ts'
import type { MembershipOrigin, MembershipStatus } from './membership.entity.ts'
import { type MembershipRow, membershipColumns } from './membership.loaders.ts'

interface MembershipFilter {
  search?: string | null | undefined
  roleIds?: readonly string[] | null | undefined
  kind?: PrincipalKind | null | undefined
  origin?: MembershipOrigin | null | undefined
  status?: MembershipStatus | null | undefined
}
interface MembershipOrder {
  field: 'DISPLAY_NAME' | 'JOINED_AT'
  direction: 'ASC' | 'DESC'
}
/** What the query asks of the rows beyond themselves: it comes in the same statement, or in one more for all roles. */
export interface Wants {
  readonly total: boolean
  /** False where the page itself is not asked for, only the total. */
  readonly rows: boolean
  readonly cursors: boolean
  /** Whether more than `plainFields` is asked for. */
  readonly details: boolean
  readonly principal: boolean
  /** Whether more than `plainOfPrincipal` is asked for. */
  readonly principalProfile: boolean
  /** Whether more than `profileOfPrincipal` is asked for. */
  readonly principalDetails: boolean
  readonly roles: boolean
}
type ListArgs = PageArgs & { filter?: MembershipFilter | null | undefined; orderBy: MembershipOrder }

const orders = {
  JOINED_AT: { name: 'joinedAt', expression: 'm.joined_at', type: 'timestamptz' },
  DISPLAY_NAME: { name: 'displayName', expression: 'm.sort_name', type: 'text' },
} as const

const principalColumns = 'p.display_name as "pDisplayName", p.email as "pEmail"'
const principalProfile = 'p.avatar_url as "pAvatarUrl", p.is_email_verified as "pIsEmailVerified"'
const principalDetails = 'p.client_id as "pClientId", p.last_used_at as "pLastUsedAt", p.created_at as "pCreatedAt"'
/**
 * Fields of a membership that are answered by its ids, or by what else a list brings. On a page every column has its price:
 * only for another field a list brings all of the membership's.
 */
export const plainFields: ReadonlySet<string> = new Set([
  '__typename',
  'id',
  'organization',
  'principal',
  'roles',
  'isOwner',
])
/** The same of a principal: those that lists of members nearly always show, those that they often show. */
export const plainOfPrincipal: ReadonlySet<string> = new Set(['__typename', 'id', 'displayName', 'email'])
export const profileOfPrincipal: ReadonlySet<string> = new Set([...plainOfPrincipal, 'avatarUrl', 'isEmailVerified'])
// Made once: the id is a hash of the key.
const memberRead = gatewayPermissionId('member:read')
const plainColumns = 'm.organization_id as "organizationId", m.id, m.principal_id as "principalId", m.kind'
const withPrincipal = 'join principal p on p.id = m.principal_id'
const roleIds = `array(select mr.role_id from membership_role mr
  where mr.organization_id = m.organization_id and mr.membership_id = m.id order by mr.assigned_at, mr.role_id) as "roleIds"`

/** The members of an organization, for a viewer who was found to hold member:read there. */
export function membersOf(by: Ask, organizationId: string, args: ListArgs, wants: Wants): Promise<Page<MembershipRow>> {
  return complete(by, organizationId, listing('members', 'm.organization_id', args, wants, []), args, wants, true)
}

/** The memberships of a principal: all of one's own, of another those in organizations where the viewer holds member:read. */
export function membershipsOf(
  by: Ask,
  principalId: string,
  args: ListArgs,
  wants: Wants,
): Promise<Page<MembershipRow>> {
  const { actor } = by
  const viewerId = actor.kind === 'ANONYMOUS' ? null : actor.id
  const seesAll = actor.kind !== 'ANONYMOUS' && actor.management.has('organizations:read')
  const isOwn = principalId === viewerId
  // Shared organizations are found by what the roles permit; an organization token has to say it as well (TOK-7).
  const isAlone = bindingOf(actor)?.scopes.includes('member:read') === false
  const shared: Condition = {
    sql: placeholder => `m.organization_id = any (${organizationsWhere(`${placeholder}::uuid`, `'${memberRead}'`)})`,
    value: isAlone ? null : viewerId,
  }
  const limits = isOwn || seesAll ? [] : [shared]
  return complete(by, principalId, listing('memberships', 'm.principal_id', args, wants, limits), args, wants, false)
}

function listing(label: string, parent: string, args: ListArgs, wants: Wants, limits: readonly Condition[]): Listing {
  const { filter, orderBy } = args
  const search = searchOf(filter?.search, ['filter', 'search'])
  const isSearched = search !== ''
  const where: Condition[] = [...limits]
  if (filter?.kind != null) where.push({ sql: placeholder => `m.kind = ${placeholder}`, value: filter.kind })
  if (filter?.origin != null) where.push({ sql: placeholder => `m.origin = ${placeholder}`, value: filter.origin })
  if (filter?.status != null)
    where.push({
      sql: placeholder => `(m.suspended_at is not null) = ${placeholder}`,
      value: filter.status === 'SUSPENDED',
    })
  if (filter?.roleIds != null) {
    where.push({
      sql: placeholder => `exists (select from membership_role mr where mr.organization_id = m.organization_id
        and mr.membership_id = m.id and mr.role_id = any(${placeholder}::uuid[]))`,
      value: filter.roleIds,
    })
  }
  if (isSearched) where.push(contains(['p.display_name', 'p.email'], search))
  return {
    label,
    columns: columnsOf(wants),
    from: isSearched ? `membership m ${withPrincipal}` : 'membership m',
    ...(wants.principal && !isSearched && { join: withPrincipal }),
    parent,
    id: 'm.id',
    order: orders[orderBy.field],
    direction: orderBy.direction,
    where,
    withTotal: wants.total,
    withRows: wants.rows,
    withCursors: wants.cursors,
  }
}

function columnsOf(wants: Wants): string {
  const columns = [
    wants.details ? membershipColumns : plainColumns,
    ...(wants.principal ? [principalColumns] : []),
    ...(wants.principalProfile ? [principalProfile] : []),
    ...(wants.principalDetails ? [principalDetails] : []),
    ...(wants.roles ? [roleIds] : []),
  ]
  return columns.join(', ')
}

type ListedRow = MembershipRow & {
  readonly roleIds: readonly string[]
  readonly pDisplayName: string
  readonly pAvatarUrl: string | null
  readonly pEmail: string | null
  readonly pIsEmailVerified: boolean
  readonly pClientId: string | null
  readonly pLastUsedAt: string | null
  readonly pCreatedAt: string
}

async function complete(
  by: Ask,
  parent: string,
  list: Listing,
  args: PageArgs,
  wants: Wants,
  isKnown: boolean,
): Promise<Page<MembershipRow>> {
  const page = await pageOf<ListedRow>(by, parent, list, args)
  const roles = wants.roles ? await rolesById(by, page.rows) : undefined
  const rows = page.rows.map(row => ({
    ...row,
    ...(wants.principal && { principal: principalOf(row, isKnown) }),
    ...(roles !== undefined && { roles: row.roleIds.flatMap(id => roles.get(id) ?? []) }),
  }))
  return { ...page, rows }
}

async function rolesById(by: Ask, rows: readonly ListedRow[]): Promise<Map<string, RoleRow>> {
  const ids = [...new Set(rows.flatMap(row => row.roleIds))]
  const roles = await Promise.all(ids.map(id => by.load.roleById.load(id)))
  return new Map(roles.flatMap(role => (role === null ? [] : [[role.id, role] as const])))
}

function principalOf(row: ListedRow, isKnown: boolean): PrincipalRow {
  return {
    id: row.principalId,
    kind: row.kind,
    displayName: row.pDisplayName,
    avatarUrl: row.pAvatarUrl,
    email: row.pEmail,
    isEmailVerified: row.pIsEmailVerified,
    clientId: row.pClientId,
    lastUsedAt: row.pLastUsedAt,
    createdAt: row.pCreatedAt,
    ...(isKnown && { isKnown }),
  }
}
