import { emailKey } from '../../src/users/email.ts'
import { companyOf, personOf } from './names.ts'
import type { Plan } from './plan.ts'
import type { Random } from './random.ts'

/** The first organization is of this day, the others follow over three years; users come a year before. All is in the past. */
const firstDay = Date.UTC(2022, 0, 1)
const year = 365 * 24 * 60 * 60 * 1000
const span = 3 * year

export interface Principal {
  readonly id: string
  readonly kind: 'USER' | 'MACHINE'
  readonly displayName: string
  readonly email: string | null
  readonly emailKey: string | null
  readonly clientId: string | null
  readonly createdAt: number
}
export interface Organization {
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly createdAt: number
  /** Belongs to the organization, when it has one. */
  readonly machine: Principal | null
  readonly customRoles: readonly { readonly id: string; readonly name: string; readonly description: string }[]
}

/** What the names of this seed end with, so that those of two seeds do not clash. */
export const realmOf = ({ seed }: Pick<Plan, 'seed'>) => (seed === 1 ? '' : `-s${seed}`)

export function* users(plan: Plan, random: Random): Generator<Principal> {
  const realm = realmOf(plan)
  for (let index = 0; index < plan.users; index++) {
    const { displayName, email } = personOf(index, realm)
    const createdAt = firstDay - year + Math.floor((span * index) / plan.users)
    const key = emailKey(email)
    yield { id: random.id(createdAt), kind: 'USER', displayName, email, emailKey: key, clientId: null, createdAt }
  }
}

export function* organizations(plan: Plan, random: Random): Generator<Organization> {
  const realm = realmOf(plan)
  for (let index = 0; index < plan.organizations; index++) {
    const { name, slug } = companyOf(index, realm)
    const createdAt = firstDay + Math.floor((span * index) / plan.organizations)
    const hasMachine = index % 10 === 5 && (plan.sizes[index] ?? 0) > 2
    const hasCustomRoles = index % 5 === 0
    yield {
      id: random.id(createdAt),
      name,
      slug,
      createdAt,
      machine: hasMachine ? machine(name, slug, random.id(createdAt), createdAt) : null,
      customRoles: hasCustomRoles ? customRoles.map(role => ({ ...role, id: random.id(createdAt) })) : [],
    }
  }
}

const customRoles = [
  { name: 'Billing', description: 'Sees who is there, for the bill.' },
  { name: 'Support', description: 'Sees who is there, to help.' },
]

function machine(name: string, slug: string, id: string, createdAt: number): Principal {
  const displayName = `${name} Sync`
  return { id, kind: 'MACHINE', displayName, email: null, emailKey: null, clientId: `sync-${slug}`, createdAt }
}
