import type { Organization, Principal } from './people.ts'
import { advisedBy, membersOf, type Plan } from './plan.ts'
import type { Random } from './random.ts'

export interface Membership {
  readonly organization: Organization
  readonly id: string
  readonly principal: Principal
  readonly origin: 'CREATION' | 'INVITATION' | 'ADMIN'
  readonly addedBy: string
  readonly joinedAt: number
  readonly roles: readonly Role[]
}
interface Role {
  readonly id: string
  readonly isCustom: boolean
}
/** The roles of the template that are given away, by what they are for. */
export interface TemplateRoles {
  readonly owner: string
  readonly admin: string
  readonly member: string | null
  readonly service: string | null
}

const sixtyDays = 60 * 24 * 60 * 60 * 1000

/**
 * Every membership, in the order in which they came about: those of one organization lie scattered over the table, as
 * they do after years of use.
 */
export function memberships(
  plan: Plan,
  people: readonly Principal[],
  places: readonly Organization[],
  roles: TemplateRoles,
  random: Random,
): Membership[] {
  const all = places.flatMap((organization, index) => inOrganization(plan, people, organization, index, roles, random))
  const join = (user: number, organization: number, isAdmin: boolean) => {
    const [principal, place] = [people[user], places[organization]]
    if (principal === undefined || place === undefined) return
    all.push(membership(place, principal, 'INVITATION', principal.id, [isAdmin ? roles.admin : roles.member], random))
  }
  for (let index = 1; index <= plan.busiest; index++) join(0, index, index % 20 === 0)
  for (let advisor = 0; advisor < plan.advisors; advisor++)
    for (const organization of advisedBy(plan, advisor)) join(1 + advisor, organization, false)
  return all.sort((one, other) => one.joinedAt - other.joinedAt)
}

function inOrganization(
  plan: Plan,
  people: readonly Principal[],
  organization: Organization,
  index: number,
  roles: TemplateRoles,
  random: Random,
): Membership[] {
  const principals = membersOf(plan, index).flatMap(user => people[user] ?? [])
  const owner = principals[0]
  if (owner === undefined) return []
  return principals.map((person, place) => {
    if (place === 0) return membership(organization, owner, 'CREATION', owner.id, [roles.owner], random)
    if (organization.machine !== null && place === principals.length - 1)
      return membership(organization, organization.machine, 'ADMIN', owner.id, [roles.service], random)
    const isAdmin = place === 1 || place % 200 === 0
    const custom = place % 4 === 2 ? organization.customRoles[place % 8 === 2 ? 0 : 1]?.id : undefined
    const template = isAdmin ? roles.admin : roles.member
    return membership(organization, person, 'INVITATION', person.id, [template], random, custom)
  })
}

function membership(
  organization: Organization,
  principal: Principal,
  origin: Membership['origin'],
  addedBy: string,
  template: readonly (string | null)[],
  random: Random,
  custom?: string,
): Membership {
  const delay = origin === 'CREATION' ? 0 : 1 + random.below(sixtyDays)
  const joinedAt = Math.max(organization.createdAt, principal.createdAt) + delay
  const roles = template.flatMap(id => (id === null ? [] : [{ id, isCustom: false }]))
  if (custom !== undefined) roles.push({ id: custom, isCustom: true })
  return { organization, id: random.id(joinedAt), principal, origin, addedBy, joinedAt, roles }
}
