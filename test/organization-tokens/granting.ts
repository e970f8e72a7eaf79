import { readConfig } from '../../src/config.ts'
import { openOrm } from '../../src/db/orm.ts'
import { createReadConnections } from '../../src/db/read-connections.ts'
import type { Statement } from '../../src/db/statement.ts'
import { createTemplateMemory } from '../../src/db/template-memory.ts'
import {
  grantForOrganization,
  type OrganizationAsk,
  type OrganizationGrant,
} from '../../src/organization-tokens/grant.ts'
import { uuidOf } from '../kit/journal.ts'
import type { Person, World } from '../kit/world.ts'

/** The decision that every way to an organization token asks for, on the database of a world. */
export interface Granting {
  grant(to: Person, organizationId: string, asked?: Partial<OrganizationAsk>): Promise<OrganizationGrant>
  /** Of every decision so far; `splice(0)` empties it. */
  readonly statements: Statement[]
  close(): Promise<void>
}

export async function openGranting(
  { databaseUrl, clock }: Pick<World, 'databaseUrl' | 'clock'>,
  env: Record<string, string> = {},
): Promise<Granting> {
  const config = readConfig(env)
  const orm = await openOrm(databaseUrl, 'runtime', { pool: 2 })
  const reads = createReadConnections(await orm.em.getConnection().getNativeClient(), { most: 2, patience: 60_000 })
  const statements: Statement[] = []
  const observe = (statement: Statement) => void statements.push(statement)
  const services = { config, reads, memory: createTemplateMemory(), observe, clock }
  return {
    statements,
    grant: async (to, organizationId, asked = {}) =>
      grantForOrganization(services, {
        principalId: uuidOf(await to.id()),
        organization: { id: uuidOf(organizationId) },
        scopes: null,
        authentication: null,
        ...asked,
      }),
    close: () => orm.close(true),
  }
}

/** The name of the built-in issuer under the configuration of `openGranting`. */
export const builtInIssuer = 'http://127.0.0.1:4000/oidc'
