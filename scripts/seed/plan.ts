import { StartError } from '../../src/errors.ts'
import type { SeedOptions } from './options.ts'
import type { Random } from './random.ts'

/** In how many organizations an advisor is: one page of their own memberships. */
const advised = 50

/**
 * How many of what, and who is where. The first organization is the largest, the first user the busiest; after that user
 * come the advisors, then everybody else.
 */
export interface Plan extends SeedOptions {
  /** The busiest user is in the organizations 1 to this. */
  readonly busiest: number
  readonly advisors: number
  /** How many members each organization has beside the busiest user and the advisors. */
  readonly sizes: readonly number[]
}

/** @throws StartError when so many memberships do not fit, or are too few to give each organization an owner. */
export function planOf(options: SeedOptions, random: Random): Plan {
  const { organizations, users, memberships } = options
  const others = organizations - 1
  const busiest = users < 3 ? 0 : Math.min(2000, Math.floor(organizations / 5))
  const advisors = Math.min(100, Math.floor(organizations / 100), Math.floor(users / 100))
  const ordinary = users - firstOrdinary({ busiest, advisors })
  const special = busiest + advisors * advised
  const most = special + organizations * ordinary
  if (memberships > most)
    throw new StartError(`--memberships ${memberships} are too many: ${users} users fit at most ${most} times`)
  const usual = Math.min(50_000, Math.floor(memberships / 6), ordinary)
  const largest = Math.max(1, usual, memberships - special - others * ordinary)
  const rest = memberships - special - largest
  if (rest < others)
    throw new StartError(`--memberships ${memberships} are too few: each organization needs an owner, and more members`)
  return { ...options, busiest, advisors, sizes: [largest, ...spread(rest, others, ordinary, random)] }
}

/** The index of the first user who is neither the busiest nor an advisor. */
export const firstOrdinary = ({ busiest, advisors }: Pick<Plan, 'busiest' | 'advisors'>) =>
  (busiest > 0 ? 1 : 0) + advisors

/** The organizations in which an advisor is: neighbors, whose members are often the same people. */
export function advisedBy(plan: Plan, advisor: number): number[] {
  const start = 1 + Math.floor((advisor * (plan.organizations - 1)) / plan.advisors)
  return Array.from({ length: advised }, (_, index) => 1 + ((start - 1 + index) % (plan.organizations - 1)))
}

/**
 * The members of an organization, as indices of users. Neighboring organizations draw from the same people, as the
 * companies of one group do, so that a member's other organizations are often the viewer's too.
 */
export function membersOf(plan: Plan, organization: number): number[] {
  const first = firstOrdinary(plan)
  const ordinary = plan.users - first
  const start = Math.floor((organization * ordinary) / plan.organizations)
  return Array.from({ length: plan.sizes[organization] ?? 0 }, (_, index) => first + ((start + index) % ordinary))
}

/** The total in so many parts, each between 1 and `most`: many small, a few large, as organizations are. */
function spread(total: number, parts: number, most: number, random: Random): number[] {
  const weights = Array.from({ length: parts }, () => (1 - random.next()) ** -0.5)
  const sum = weights.reduce((left, right) => left + right, 0)
  const sizes = weights.map(weight => Math.min(most, 1 + Math.floor(((total - parts) * weight) / sum)))
  let missing = total - sizes.reduce((left, right) => left + right, 0)
  while (missing > 0) {
    const index = random.below(parts)
    const room = most - (sizes[index] ?? most)
    const more = Math.min(missing, room, 1 + Math.floor(missing / parts))
    sizes[index] = (sizes[index] ?? 0) + more
    missing -= more
  }
  return sizes
}
