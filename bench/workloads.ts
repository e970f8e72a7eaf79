import { readFileSync } from 'node:fs'
import type { Client } from 'pg'
import { encodeNodeId } from '../src/graphql/ids.ts'
import { type Picked, pick } from './picks.ts'

/** One request: whose token, which variables; and what the plain server's statement gets in their place. */
export interface Case {
  readonly email: string
  readonly variables: object
  readonly values: readonly (string | boolean)[]
}

export interface Workload {
  readonly name: string
  readonly title: string
  /** For Tenantry. */
  readonly document: string
  /** The plain server's one statement, which returns the whole answer; null where it needs none. */
  readonly sql: string | null
  /** Each request in one variant, or a change and then what undoes it. */
  cases(client: Client): Promise<readonly (readonly Case[])[]>
}

const file = (name: string) => readFileSync(new URL(`queries/${name}`, import.meta.url), 'utf8')
const queries = (name: string) => ({ document: file(`${name}.graphql`), sql: file(`${name}.sql`) })

const bySlug = ({ email, slug }: Picked): Case[] => [{ email, variables: { slug }, values: [slug] }]
const byViewer = ({ email, viewerId }: Picked): Case[] => [{ email, variables: {}, values: [viewerId] }]

export const workloads: readonly Workload[] = [
  {
    name: 'w1',
    title: '`__typename`',
    document: file('w1.graphql'),
    sql: null,
    cases: async client => (await pick(client, 'members')).map(({ email }) => [{ email, variables: {}, values: [] }]),
  },
  {
    name: 'w2',
    title: 'an organization with 20 members, their roles, and the count',
    ...queries('w2'),
    cases: async client => (await pick(client, 'members')).map(bySlug),
  },
  {
    name: 'w2-large',
    title: 'the same of the organization of 50,000',
    ...queries('w2'),
    cases: async client => (await pick(client, 'largest')).map(bySlug),
  },
  {
    name: 'w3',
    title: "the viewer's 50 organizations, roles and counts",
    ...queries('w3'),
    cases: async client => (await pick(client, 'fifty')).map(byViewer),
  },
  {
    name: 'w3-busiest',
    title: 'the same for the user in 2,000',
    ...queries('w3'),
    cases: async client => (await pick(client, 'busiest')).map(byViewer),
  },
  {
    name: 'w4',
    title: '20 organizations × 10 members × 5 memberships × organization',
    ...queries('w4'),
    cases: async client => (await pick(client, 'fifty')).map(byViewer),
  },
  {
    name: 'w5',
    title: 'a role given or taken',
    ...queries('w5'),
    cases: async client => (await pick(client, 'subordinates')).map(changesOf),
  },
]

function changesOf({ email, viewerId, organizationId, membershipId, roleId }: Picked): Case[] {
  const roleIds = [encodeNodeId('OrganizationRole', roleId)]
  const input = { membershipId: encodeNodeId('Membership', membershipId) }
  const values = [organizationId, membershipId, roleId, viewerId]
  return [
    { email, variables: { input: { ...input, addRoleIds: roleIds } }, values: [...values, true] },
    { email, variables: { input: { ...input, removeRoleIds: roleIds } }, values: [...values, false] },
  ]
}
