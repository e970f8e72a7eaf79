import type { Client } from 'pg'
import { gatewayPermissionId } from '../../src/auth/permissions.ts'
import { StartError } from '../../src/errors.ts'
import { copy, type Load, loadOf } from './copy.ts'
import { memberships, type TemplateRoles } from './memberships.ts'
import { organizations, users } from './people.ts'
import type { Plan } from './plan.ts'
import type { Progress } from './progress.ts'
import type { Random } from './random.ts'

/** Where the rows go, and how the waiting is told. */
export interface Target {
  readonly client: Client
  /** Whose tokens sign the users in. */
  readonly issuer: string
  progress(rows: number): Progress
}

/** Every row of the plan, in one transaction: all of them are there at the end, or none. */
export async function load({ client, issuer, progress }: Target, plan: Plan, random: Random): Promise<void> {
  const loads = makeLoads(plan, random, await templateRoles(client), issuer)
  const shown = progress(loads.reduce((sum, { count }) => sum + count, 0))
  await client.query('begin')
  for (const one of loads) await copy(client, one, shown)
  await client.query('commit')
  shown.begin('statistics')
  // With its map of what is visible to all, counts read the index alone, as they would after a night of autovacuum.
  await client.query('vacuum (analyze)')
  shown.end()
}

function makeLoads(plan: Plan, random: Random, template: TemplateRoles, issuer: string): Load[] {
  const people = [...users(plan, random)]
  const places = [...organizations(plan, random)]
  const machines = places.flatMap(({ machine }) => machine ?? [])
  const customRoles = places.flatMap(place =>
    place.customRoles.map(role => ({ ...role, organizationId: place.id, createdAt: place.createdAt })),
  )
  const joined = memberships(plan, people, places, template, random)
  const owners = new Map(joined.flatMap(one => (one.origin === 'CREATION' ? [[one.organization.id, one.addedBy]] : [])))
  const held = joined.flatMap(membership => membership.roles.map(role => ({ membership, role })))
  return [
    loadOf('principal', [...people, ...machines], {
      id: one => one.id,
      kind: one => one.kind,
      display_name: one => one.displayName,
      email: one => one.email,
      email_key: one => one.emailKey,
      is_email_verified: one => one.email !== null,
      client_id: one => one.clientId,
      created_at: one => new Date(one.createdAt),
    }),
    loadOf('identity', people, {
      issuer: () => issuer,
      subject: one => one.email,
      principal_id: one => one.id,
      created_at: one => new Date(one.createdAt),
    }),
    loadOf('organization', places, {
      id: one => one.id,
      slug: one => one.slug,
      name: one => one.name,
      created_by: one => owners.get(one.id) ?? null,
      created_at: one => new Date(one.createdAt),
    }),
    loadOf('custom_role', customRoles, {
      organization_id: one => one.organizationId,
      id: one => one.id,
      name: one => one.name,
      description: one => one.description,
      kind: () => 'USER',
      created_at: one => new Date(one.createdAt),
    }),
    loadOf('custom_role_permission', customRoles, {
      organization_id: one => one.organizationId,
      role_id: one => one.id,
      permission_id: () => gatewayPermissionId('member:read'),
    }),
    loadOf('membership', joined, {
      organization_id: one => one.organization.id,
      id: one => one.id,
      principal_id: one => one.principal.id,
      kind: one => one.principal.kind,
      sort_name: one => one.principal.displayName.toLowerCase(),
      origin: one => one.origin,
      added_by: one => one.addedBy,
      joined_at: one => new Date(one.joinedAt),
    }),
    loadOf('membership_role', held, {
      organization_id: ({ membership }) => membership.organization.id,
      membership_id: ({ membership }) => membership.id,
      kind: ({ membership }) => membership.principal.kind,
      template_role_id: ({ role }) => (role.isCustom ? null : role.id),
      custom_role_id: ({ role }) => (role.isCustom ? role.id : null),
      assigned_by: ({ membership }) => membership.addedBy,
      assigned_at: ({ membership }) => new Date(membership.joinedAt),
    }),
  ]
}

async function templateRoles(client: Client): Promise<TemplateRoles> {
  const { rows } = await client.query<{ id: string; name: string; kind: string; isOwner: boolean; isDefault: boolean }>(
    'select id, name, kind, is_owner as "isOwner", is_default as "isDefault" from template_role order by created_at, id',
  )
  const owner = rows.find(role => role.isOwner)?.id
  if (owner === undefined) throw new StartError('The organization template has no owner role')
  return {
    owner,
    admin: rows.find(role => role.name === 'Admin')?.id ?? owner,
    member: rows.find(role => role.isDefault)?.id ?? null,
    service: rows.find(role => role.kind === 'MACHINE')?.id ?? null,
  }
}
