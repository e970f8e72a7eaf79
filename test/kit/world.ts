import { randomUUID } from 'node:crypto'
import type { Resolver } from 'node:dns/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '../../src/app.ts'
import { type DevelopmentIssuer, openDevelopmentIssuer } from '../../src/auth/development-issuer.ts'
import { readConfig } from '../../src/config.ts'
import type { Statement } from '../../src/db/statement.ts'
import type { FetchOutside } from '../../src/sso/fetch/fetch-outside.ts'
import { onlyDiscovery } from './any-provider.ts'
import { atTheEnd } from './at-the-end.ts'
import { type Client, createClient } from './client.ts'
import { type TestClock, testClock } from './clock.ts'
import { freshDatabase, workerDatabase } from './database.ts'
import { silentResolver } from './dns.ts'
import { listeningServer } from './listening.ts'
import { openSigner, type TokenSigner } from './organization-token.ts'
import { rounds } from './rounds.ts'

/** Somebody who can sign in; the user comes into being at the first request. */
export interface Person extends Client {
  readonly email: string
  readonly token: string
  /** The global id of the user. */
  id(): Promise<string>
}
export interface Member extends Person {
  readonly membershipId: string
}
export interface TestOrganization {
  readonly id: string
  readonly slug: string
  /** A new user who is a member with these roles, by name; the default role when none are named. */
  member(options?: { roles?: string[] }): Promise<Member>
  /** A custom role with gateway permissions, by key. */
  customRole(permissions: string[], options?: { name?: string; kind?: 'USER' | 'MACHINE' }): Promise<string>
}
export interface World {
  readonly app: App
  readonly clock: TestClock
  /** The statements of every read and write so far; `splice(0)` empties it. */
  readonly statements: Statement[]
  /** What the server logged, line by line. */
  readonly log: string[]
  readonly databaseUrl: string
  /** Signs what the built-in issuer would. */
  readonly signer: TokenSigner
  /** Where it is: listens only if it was asked to. */
  readonly origin: string
  /** An operator by configuration: holds every management permission. */
  readonly operator: Person
  readonly acme: TestOrganization
  /** The owner of acme. */
  readonly owner: Member
  person(email?: string): Promise<Person>
  organization(
    owner: Person,
    options?: { name?: string; slug?: string },
  ): Promise<TestOrganization & { ownerMembershipId: string }>
  /** A new machine application with a client that sends its token. */
  machine(): Promise<Person & { clientId: string }>
  anonymous(): Client
  /** The id of a template role, or permission, by its name or key. */
  roleId(name: string): Promise<string>
  permissionId(key: string): Promise<string>
}

interface WorldOptions {
  /** More or other environment, such as ORGANIZATION_CREATION; it makes an app of its own. */
  env?: Record<string, string>
  /** A clock to move; it makes an app of its own. */
  clock?: TestClock
  /** A deployment of its own: for what changes the template or counts what all tests share. */
  isolated?: boolean
  /** Mail leaves by itself, as it does outside of tests; else with `app.sendDueMail()`. It makes an app of its own. */
  sendsMail?: boolean
  /** As production is without SMTP_URL. It makes an app of its own. */
  withoutMail?: boolean
  /** Listens on loopback, at `origin`: for what goes through redirects and cookies. It makes an app of its own. */
  listens?: boolean
  /** By which name it is reached where it listens; absent: by its address. */
  hostname?: string
  /** By whom addresses of tenants are asked; otherwise every host is a provider that signs nobody in. It makes an app of its own. */
  fetchOutside?: FetchOutside
  /** Whom the DNS is asked by; nobody answers otherwise. It makes an app of its own. */
  resolver?: Resolver
}

/** Apps that share a database share its keys, which are encrypted. */
export const issuerSecret = 'a secret that all tests share, of course'
const operatorEmail = 'operator@tenantry.test'
let shared: Promise<Base> | undefined

/**
 * A deployment with one organization, acme, and its owner: new in every test, on the database of the test's worker. Apps
 * are shared between tests unless a test wants its own configuration or clock.
 */
export async function world(options: WorldOptions = {}): Promise<World> {
  const { env, clock, resolver, fetchOutside, hostname, ...flags } = options
  const isOwn =
    [env, clock, resolver, fetchOutside, hostname].some(one => one !== undefined) || Object.values(flags).includes(true)
  if (!isOwn) shared ??= openBase({}).then(({ base }) => base)
  const base = await (isOwn || shared === undefined ? openOwn(options) : shared)
  // What tests before this one left behind is not for it to judge.
  for (const kept of [base.statements, base.log]) kept.splice(0)
  const operator = await personOf(base, operatorEmail)
  const owner = await personOf(base)
  const acme = await organizationOf(base, operator, owner)
  return {
    ...base,
    operator,
    acme,
    owner: { ...owner, membershipId: acme.ownerMembershipId },
    person: email => personOf(base, email),
    organization: (by, given) => organizationOf(base, operator, by, given),
    machine: () => machineOf(base, operator),
    anonymous: () => createClient(base.app, null),
    roleId: name => idByName(operator, 'roles { id name }', name),
    permissionId: key => idByName(operator, 'permissions { id name: key }', key),
  }
}

type Base = Pick<World, 'app' | 'clock' | 'statements' | 'log' | 'databaseUrl' | 'signer' | 'origin'> & {
  issuer: DevelopmentIssuer
  /** Whether only operators create organizations: one of them creates those of the kit then. */
  isClosed: boolean
}

async function openBase({
  env = {},
  clock = testClock(),
  isolated = false,
  sendsMail = false,
  withoutMail = false,
  listens = false,
  hostname,
  resolver = silentResolver(),
  fetchOutside = onlyDiscovery,
}: WorldOptions): Promise<{ base: Base; close(): Promise<void> }> {
  const fresh = isolated ? await freshDatabase() : undefined
  const databaseUrl = fresh?.url ?? (await workerDatabase())
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantry-test-'))
  const server = listens ? await listeningServer(hostname) : undefined
  const origin = server?.origin ?? 'http://tenantry.test'
  const quiet = {
    ...{ DEMO: 'false', PURGE_SECONDS: '0', ISSUER_SECRET: issuerSecret },
    ...(listens && { PUBLIC_URL: origin }),
    // Hundreds of rounds make more organizations than one user may.
    ...(rounds.length > 10 && { ORGANIZATION_LIMIT_PER_USER: '100000' }),
  }
  const given = readConfig({ DATA_DIR: dataDir, ...quiet, OPERATORS: operatorEmail, DATABASE_POOL: '10', ...env })
  const config = withoutMail ? { ...given, mail: null } : given
  const statements: Statement[] = []
  const log: string[] = []
  const app = await createApp(config, {
    databaseUrl,
    clock,
    resolver,
    fetchOutside,
    holdsMail: !sendsMail,
    // Chance is nothing that a test depends on.
    random: () => 0.5,
    observe: statement => statements.push(statement),
    write: line => log.push(line),
  })
  server?.serve(app)
  const isClosed = config.organizationCreation === 'OPERATORS'
  const issuer = await openDevelopmentIssuer(dataDir, clock)
  const signer = await openSigner(config, databaseUrl, clock)
  const close = async () => {
    await server?.close()
    await app.close()
    await fresh?.drop()
    await rm(dataDir, { recursive: true })
  }
  return { base: { app, clock, statements, log, databaseUrl, signer, origin, isClosed, issuer }, close }
}

/** An app that is closed when the tests it was made for are over. */
async function openOwn(options: WorldOptions): Promise<Base> {
  const { base, close } = await openBase(options)
  atTheEnd(close)
  return base
}

async function personOf(base: Base, email = `person-${randomUUID()}@people.test`): Promise<Person> {
  const token = await base.issuer.sign(email)
  return withId(createClient(base.app, token), email, token)
}

function withId(client: Client, email: string, token: string): Person {
  const id = async () => (await client.query('{ viewer { principal { id } } }')).viewer.principal.id
  return { ...client, email, token, id }
}

async function organizationOf(
  base: Base,
  operator: Person,
  owner: Person,
  given: { name?: string; slug?: string } = {},
) {
  const name = given.name ?? `Acme ${randomUUID().slice(0, 8)}`
  const selection = '... on CreateOrganizationPayload { organization { id slug } membership { id } }'
  const creator = base.isClosed ? operator : owner
  const input = { name, slug: given.slug, ...(base.isClosed && { ownerId: await owner.id() }) }
  const created = await creator.mutate('createOrganization', input, selection)
  const { id, slug } = created.organization
  return {
    id,
    slug,
    ownerMembershipId: created.membership.id,
    async member({ roles }: { roles?: string[] } = {}): Promise<Member> {
      const person = await personOf(base)
      const roleIds = roles === undefined ? undefined : await Promise.all(roles.map(role => roleIn(owner, id, role)))
      const input = { organizationId: id, userId: await person.id(), roleIds }
      const added = await operator.mutate('addMember', input, '... on AddMemberPayload { membership { id } }')
      return { ...person, membershipId: added.membership.id }
    },
    async customRole(
      permissions: string[],
      { name = `Role ${randomUUID().slice(0, 8)}`, kind = 'USER' }: { name?: string; kind?: 'USER' | 'MACHINE' } = {},
    ) {
      const permissionIds = await Promise.all(
        permissions.map(key => idByName(operator, 'permissions { id name: key }', key)),
      )
      const input = { organizationId: id, name, kind, permissionIds }
      const made = await owner.mutate('createCustomRole', input, '... on CreateCustomRolePayload { role { id } }')
      return made.role.id
    },
  }
}

async function machineOf(base: Base, operator: Person) {
  const selection = '... on CreateMachineApplicationPayload { machineApplication { id clientId } }'
  const { machineApplication } = await operator.mutate('createMachineApplication', { name: 'Sync' }, selection)
  const token = await base.issuer.signMachine(machineApplication.clientId)
  const client = createClient(base.app, token)
  return { ...client, email: '', token, clientId: machineApplication.clientId, id: async () => machineApplication.id }
}

async function roleIn(by: Client, organizationId: string, name: string): Promise<string> {
  const data = await by.query('query($id: ID!) { organization(by: { id: $id }) { roles { id name } } }', {
    id: organizationId,
  })
  return find(data.organization.roles, name)
}

async function idByName(by: Client, selection: string, name: string): Promise<string> {
  const data = await by.query(`{ organizationTemplate { ${selection} } }`)
  return find(Object.values(data.organizationTemplate).flat() as { id: string; name: string }[], name)
}

function find(rows: { id: string; name: string }[], name: string): string {
  const row = rows.find(one => one.name === name)
  if (row === undefined) throw new Error(`There is no ${name} among ${rows.map(one => one.name).join(', ')}`)
  return row.id
}
