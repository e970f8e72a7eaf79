import type { Client } from 'pg'
import { gatewayPermissionId } from '../../src/auth/permissions.ts'
import { StartError } from '../../src/errors.ts'
import { copy, type Load } from './copy.ts'
import { type Membership, memberships, type TemplateRoles } from './memberships.ts'
import { type Organization, organizations, type Principal, users } from './people.ts'
import type { Plan } from './plan.ts'
import type { Progress } from './progress.ts'
import type { Random } from './random.ts'

/** What there is to try the load with. */
export interface Landmarks {
  readonly largest: Organization | undefined
  readonly busiest: Principal | undefined
}

/** Every row of the plan, in one transaction: all of them are there at the end, or none. */
export async function load(
  client: Client,
  plan: Plan,
  random: Random,
  issuer: string,
  open: (rows: number) => Progress,
): Promise<Landmarks> {
  const people = [...users(plan, random)]
  const places = [...organizations(plan, random)]
  const joined = memberships(plan, people, places, await templateRoles(client), random)
  const loads = [...ofPrincipals(people, places, issuer), ...ofOrganizations(plan, people, places), ...ofMembers(joined)]
  const progress = open(loads.reduce((sum, { rows }) => sum + rows.length, 0))
  await client.query('begin')
  for (const { rows, toValues, ...into } of loads) await copy(client, { ...into, rows: rows.values().map(toValues) }, progress)
  progress.begin('foreign keys')
  await client.query('commit')
  progress.end()
  return { largest: places[0], busiest: people[0] }
}
