import { Resolver } from 'node:dns/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { createAuthenticate } from './auth/authenticate.ts'
import { openDevelopmentIssuer } from './auth/development-issuer.ts'
import { openIssuer } from './auth/issuer/issuer.ts'
import { openSecret } from './auth/issuer/secret.ts'
import { signInMail } from './auth/issuer/sign-in-mail.ts'
import { ensureSigningKey } from './auth/issuer/signing-keys.ts'
import { createTokenVerifier } from './auth/verify-token.ts'
import type { Config } from './config.ts'
import { giveBackLostConnections } from './db/lost-connections.ts'
import { openOrm } from './db/orm.ts'
import { createReadConnections } from './db/read-connections.ts'
import type { Observer } from './db/session.ts'
import { createTemplateMemory } from './db/template-memory.ts'
import { checkDueDomains, startChecking } from './email-domains/check.ts'
import { lookUpBy, patience } from './email-domains/look-up.ts'
import { createExplorer } from './graphql/explorer.ts'
import { withBodyLimit } from './graphql/handle.ts'
import { createServer } from './graphql/server.ts'
import { createLog } from './log.ts'
import { invitationMail } from './mail/invitation-delivery.ts'
import { openMailer } from './mail/mailer.ts'
import { migrate } from './migrate.ts'
import { startPurging } from './organizations/purge.ts'
import { createSlugMemory } from './organizations/slug-memory.ts'
import { pageAt } from './pages/pages.ts'
import { createFetchOutside, type FetchOutside } from './sso/fetch/fetch-outside.ts'
import { createProviderMemory } from './sso/oidc/provider-memory.ts'
import { lookAfterConnectors, startLookingAfter } from './sso/saml/look-after.ts'

/** How long the database has to answer that it is there: whoever asks must not wait for it, either. */
const READY_MILLISECONDS = 2000

export interface App {
  /** Answers a request without a socket: what tests use. */
  fetch(request: Request): Promise<Response>
  /** Answers a request of node's http server. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** What to tell whoever started it: where it is, and how to get in. */
  welcome(): Promise<string[]>
  /** Sends the mail that is due now, as the worker does by itself. */
  sendDueMail(): Promise<void>
  /** Looks at the proofs of email domains that are due, as happens by itself from time to time. */
  checkDueDomains(): Promise<void>
  /** Looks after the connectors of SAML that are due, as happens by itself from time to time. */
  lookAfterConnectors(): Promise<void>
  close(): Promise<void>
}

interface Overrides {
  readonly databaseUrl: string
  readonly say?: (line: string) => void
  readonly clock?: () => Date
  /** Told of every statement. */
  readonly observe?: Observer
  /** Where log lines go; standard output when absent. */
  readonly write?: (line: string) => void
  /** Between 0 and 1, for what is spread by chance. */
  readonly random?: () => number
  /** Mail leaves only with `sendDueMail`. */
  readonly holdsMail?: boolean
  /** Whom the DNS is asked by; the servers of the machine when absent. Proofs are checked with `checkDueDomains` alone then. */
  readonly resolver?: Pick<Resolver, 'resolveTxt'>
  /** Asks addresses that tenants gave; over https and with limits when absent. Connectors are looked after with `lookAfterConnectors` alone then. */
  readonly fetchOutside?: FetchOutside
}

/** The whole program: connects, migrates, seeds the demo deployment in development, and serves. */
export async function createApp(config: Config, overrides: Overrides): Promise<App> {
  const { databaseUrl, say = () => {}, clock = () => new Date() } = overrides
  const log = createLog(config, clock, overrides.write ?? console.log)
  const derive = config.issuer === null ? undefined : await openSecret(config)
  await migrate(databaseUrl, say, clock, async run => {
    if (derive !== undefined) await ensureSigningKey(run, derive, clock(), config.isDevelopment)
  })
  const development = config.isDevelopment ? await openDevelopmentIssuer(config.dataDir, clock) : undefined
  const orm = await openOrm(databaseUrl, 'runtime', {
    ...{ pool: config.databasePool, timeouts: config.databaseTimeouts, prepare: config.preparedStatements },
  })
  const pool = await orm.em.getConnection().getNativeClient()
  giveBackLostConnections(pool)
  const reads = createReadConnections(pool, {
    ...{ most: config.databasePool, patience: config.databaseTimeouts.pool },
  })
  const lookUpTxt = lookUpBy(overrides.resolver ?? new Resolver(patience))
  const fetchOutside = overrides.fetchOutside ?? createFetchOutside()
  const parts = {
    ...{ config, orm, pool, reads, clock, memory: createTemplateMemory(), slugs: createSlugMemory() },
    ...{ lookUpTxt, fetchOutside, providers: createProviderMemory(clock), derive: derive ?? null },
  }
  // A code is waited for; an invitation has time.
  const queues = [...(derive === undefined ? [] : [signInMail(derive)]), invitationMail]
  const mailer = openMailer({ services: parts, log, random: overrides.random ?? Math.random, queues })
  const services = { ...parts, observe: overrides.observe, mailer }
  const demo = development !== undefined && config.demo ? await import('./demo.ts') : undefined
  if (demo !== undefined && development !== undefined) await demo.seedDemo(services, development.issuer, say)

  const builtIn =
    derive === undefined
      ? undefined
      : await openIssuer({ services, derive, log, authenticate: header => authenticate(header) })
  const verifier = createTokenVerifier({
    issuers: config.trustedIssuers,
    clock,
    ...(builtIn !== undefined && { builtIn }),
    ...(development !== undefined && { development }),
    onKeysUnavailable: (issuer, cause) =>
      log('warn', 'keys of an issuer are out of reach', { issuer, cause: String(cause) }),
  })
  const authenticate = createAuthenticate(services, verifier.verify, {
    builtIn: builtIn?.issuer ?? null,
    ofMachines: [builtIn, development].flatMap(one => one?.issuer ?? []),
  })
  const isReady = () =>
    Promise.race([
      pool.query('select 1').then(
        () => true,
        () => false,
      ),
      delay(READY_MILLISECONDS, false, { ref: false }),
    ])
  const token = development !== undefined && demo !== undefined ? () => development.sign(demo.people.owner.email) : null
  const yoga = createServer({
    services,
    log,
    authenticate,
    endpoints: {
      isReady,
      jwks: async () => ({ keys: [...((await builtIn?.jwks())?.keys ?? []), ...(development?.jwks().keys ?? [])] }),
      page: path => pageAt(path, config, mailer.mailbox),
    },
    explorer: config.graphiql ? createExplorer(token, async request => yoga.fetch(request)) : null,
  })
  const purging = startPurging(services, log)
  const checking = overrides.resolver === undefined ? startChecking(services, log) : null
  const looking = overrides.fetchOutside === undefined ? startLookingAfter(services, log) : null
  if (overrides.holdsMail !== true) mailer.start()
  return {
    fetch: async request => yoga.fetch(request),
    handle: withBodyLimit(
      (request, response) => builtIn?.handle(request, response) === true || yoga(request, response),
      config.maxBodyBytes,
    ),
    welcome: async () => [
      `${config.graphiql ? 'GraphiQL' : 'GraphQL'}: ${config.publicUrl}/graphql`,
      ...mailer.welcome(),
      ...(development !== undefined && builtIn !== undefined
        ? [`Sign in as a new person: ${config.publicUrl}/sign-in`]
        : []),
      ...(development === undefined ? [] : ['Development: whoever reaches this address can sign in as anybody.']),
      ...(demo?.introduction() ?? []),
      ...(development === undefined
        ? []
        : ['', 'A token for anybody, by email address or client id: npm run -s token -- <email or client id>']),
      ...(demo === undefined || !config.graphiql
        ? []
        : [`GraphiQL opens with the token of ${demo.people.owner.email} filled in.`]),
    ],
    sendDueMail: () => mailer.sendDue(),
    checkDueDomains: () => checkDueDomains(services),
    lookAfterConnectors: () => lookAfterConnectors(services),
    close: async () => {
      await mailer.close()
      await builtIn?.close()
      await purging.stop()
      await checking?.stop()
      await looking?.stop()
      await orm.close(true)
    },
  }
}
