import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { SeatLimitReachedError } from '../errors.ts'
import { type Arrival, joinAll } from '../members/join.ts'
import type { MembershipOrigin } from '../members/membership.entity.ts'
import { standingRoleIds } from '../members/offer.ts'
import { lockOrganizations } from '../organizations/lock.ts'
import { blockedDomainOf } from '../users/blocked-domain.ts'
import { isWithin } from './ceiling.ts'
import type { JitJoining } from './jit-provisioning.entity.ts'
import { type Groups, mappedRoles } from './mapped-roles.ts'

/** An organization that somebody comes to. */
export interface Way {
  readonly organizationId: string
  /** The proved domain that leads there, where one does. */
  readonly emailDomain?: string
  /** The groups of a connector that leads there, which may stand for further roles. */
  readonly through?: Groups
}

interface Found {
  organizationId: string
  domain: string
  joining: JitJoining
  hasLeft: boolean
}

/** Who signs in for the first time. */
interface NewUser {
  readonly principalId: string
  /** The key of the address that the issuer vouches for; null where it vouches for none, and then nothing happens. */
  readonly emailKey: string | null
}

const places = statement(
  'jit_places',
  'select organization_id as "organizationId", domain, joining, has_left as "hasLeft" from tenantry_jit_places($1, $2)',
)

/**
 * Makes a user who is new in this transaction a member wherever just-in-time provisioning takes them in by their address
 * (JIT-5, JIT-9). Who comes through a connector is taken in by `provisionThrough`.
 */
export async function provisionAtSignIn(tx: Tx, { principalId, emailKey }: NewUser): Promise<void> {
  if (emailKey === null || blockedDomainOf(emailKey, tx.config.blockedEmailDomains) !== null) return
  const found = await waysByDomain(tx, emailKey, principalId)
  if (found.length === 0) return
  const ids = found.map(way => way.organizationId)
  await tx.enter(ids.length === 1 ? ids.join() : '*')
  await lockOrganizations(tx, ids)
  // What was so before the locks may not be so any more.
  const ways = (await waysByDomain(tx, emailKey, principalId)).filter(way => ids.includes(way.organizationId))
  await takeIn(tx, principalId, 'EMAIL_DOMAIN', ways)
}

/** Where a new user is taken in by their address. */
export async function waysByDomain(tx: Tx, emailKey: string, principalId: string): Promise<Way[]> {
  const found = await tx.rows<Found>(places, [emailKey, principalId])
  const open = found.filter(({ joining, hasLeft }) => joining === 'JOIN' && !hasLeft)
  return open.map(({ organizationId, domain }) => ({ organizationId, emailDomain: domain }))
}

/**
 * Makes who signs in a member by these ways. Where there is no seat, they sign in all the same, and the organization is
 * told (JIT-8).
 */
export async function takeIn(tx: Tx, principalId: string, origin: MembershipOrigin, ways: readonly Way[]) {
  const outcomes = await provision(tx, { principalId, origin, addedBy: null }, ways)
  for (const [index, outcome] of outcomes.entries()) {
    const way = ways[index]
    if (!(outcome instanceof Error) || way === undefined) continue
    if (!(outcome instanceof SeatLimitReachedError)) throw outcome
    await noteSkipped(tx, way.organizationId, principalId)
  }
}

/**
 * Makes somebody a member by just-in-time provisioning, with the roles that each organization gives so: those that are
 * within the ceiling as it is by now, which leaves out the rest (JIT-7). The transaction acts in the organizations, and
 * holds their locks.
 */
export async function provision(tx: Tx, who: Arrival, ways: readonly Way[]) {
  if (ways.length === 0) return []
  const ids = ways.map(way => way.organizationId)
  const standing = new Set(
    await standingRoleIds(tx, async () => (await rolesOfWays(tx, ways)).flat().map(roleId => ({ roleId }))),
  )
  const [roles, settings] = await Promise.all([
    rolesOfWays(tx, ways),
    Promise.all(ids.map(id => tx.load.jitProvisioningByOrganization.load(id))),
  ])
  const permissions = await Promise.all(
    roles.map(of => Promise.all(of.map(id => tx.load.permissionIdsByRole.load(id)))),
  )
  const entrances = ways.map((way, index) => {
    const isGiven = (id: string, at: number) =>
      standing.has(id) &&
      permissions[index]?.[at]?.every(row => isWithin(settings[index]?.ceiling ?? null, row.permissionId)) === true
    return { ...way, roleIds: (roles[index] ?? []).filter(isGiven), ceiling: 'NONE' as const }
  })
  return joinAll(tx, who, entrances)
}

/** What is given by each of these ways: the roles that the organization gives so, and those that groups stand for (SSO-6). */
async function rolesOfWays(tx: Tx, ways: readonly Way[]): Promise<readonly (readonly string[])[]> {
  const ids = ways.map(way => way.organizationId)
  const [usual, mapped] = await Promise.all([
    rolesOf(tx, ids),
    Promise.all(ways.map(way => way.through && mappedRoles(tx, way.organizationId, way.through))),
  ])
  return usual.map((of, index) => [...new Set([...of, ...(mapped[index]?.theirs ?? [])])])
}

/** The roles that each of these organizations gives so; the default role where it names none (TPL-8). */
export async function rolesOf(
  { load }: Pick<Tx, 'load'>,
  organizationIds: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const [named, template] = await Promise.all([
    Promise.all(organizationIds.map(id => load.roleIdsByJitProvisioning.load(id))),
    load.templateRoles(),
  ])
  const defaults = template.filter(role => role.isDefault).map(role => role.id)
  return named.map(rows => (rows.length === 0 ? defaults : rows.map(row => row.roleId)))
}

async function noteSkipped(tx: Tx, organizationId: string, principalId: string): Promise<void> {
  const label = (await tx.load.principalById.load(principalId))?.displayName ?? ''
  const action = 'JIT_PROVISIONING_SKIPPED'
  const changes = [{ field: 'reason', before: null, after: 'SEAT_LIMIT_REACHED' }]
  tx.record({ organizationId, action, target: { type: 'User', id: principalId, label }, changes })
  tx.emit(organizationId, action, { organizationId, principalId, reason: 'SEAT_LIMIT_REACHED' })
}
