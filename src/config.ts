import { z } from 'zod'
import { applications } from './auth/issuer/applications.ts'
import { flag, issuers, list, networks, operators, origins, whole } from './config-values.ts'
import { StartError } from './errors.ts'
import { type MailSettings, mailFrom, redirectUrl, smtpUrl, tlsModes } from './mail/settings.ts'
import { blockedDomains } from './users/blocked-domain.ts'

const environment = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  PORT: whole(0, 65535).default(4000),
  HOST: z.string().min(1).default('127.0.0.1'),
  TRUSTED_PROXIES: networks.optional(),
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be a web address' }).optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
    .optional(),
  DATABASE_POOL: whole(1, 500).default(20),
  DATABASE_POOL_TIMEOUT: whole(100, 600_000).default(5000),
  DATABASE_STATEMENT_TIMEOUT: whole(100, 3_600_000).default(15_000),
  DATABASE_LOCK_TIMEOUT: whole(100, 3_600_000).default(5000),
  DATABASE_PREPARED_STATEMENTS: flag.default(true),
  DATA_DIR: z.string().min(1).default('.data'),
  EMBEDDED_DATABASE: flag.optional(),
  TRUSTED_ISSUERS: issuers.default([]),
  BUILT_IN_ISSUER: flag.default(true),
  ISSUER_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  APPLICATIONS: applications.default([]),
  SIGN_IN_LIMIT_PER_IP: whole(1, 1_000_000).default(100),
  SSO_LIMIT_PER_IP: whole(1, 1_000_000).default(1000),
  OPERATORS: operators.default([]),
  ORGANIZATION_CREATION: z.enum(['EVERYONE', 'OPERATORS']).default('EVERYONE'),
  ORGANIZATION_LIMIT_PER_USER: whole(1, 1_000_000).default(50),
  CUSTOM_ROLE_LIMIT: whole(1, 1000).default(100),
  SSO_CONNECTOR_LIMIT: whole(1, 1000).default(100),
  INVITATION_DAYS: whole(1, 90).default(7),
  INVITATION_MAX_DAYS: whole(1, 365).default(90),
  BLOCKED_EMAIL_DOMAINS: list.pipe(blockedDomains).default(new Set()),
  OWNERSHIP_TRANSFER_DAYS: whole(1, 90).default(7),
  SLUG_REDIRECT_DAYS: whole(0, 3650).default(90),
  JOIN_REQUEST_LIMIT_PER_USER: whole(1, 1000).default(10),
  JOIN_REQUEST_REFUSAL_DAYS: whole(0, 365).default(30),
  ORGANIZATION_TOKEN_SECONDS: whole(60, 3600).default(600),
  DOMAIN_LIMIT: whole(1, 100).default(20),
  DOMAIN_CHECK_SECONDS: whole(0, 2_592_000).default(86_400),
  DOMAIN_MISSED_CHECKS: whole(1, 100).default(3),
  RESTORE_DAYS: whole(0, 365).default(30),
  OWNERS_RESTORE: flag.default(true),
  PURGE_SECONDS: whole(0, 86_400).default(60),
  SMTP_URL: smtpUrl.optional(),
  SMTP_TLS: z.enum(tlsModes).optional(),
  MAIL_FROM: mailFrom.optional(),
  MAIL_LIMIT_MINUTES: whole(1, 10_080).default(60),
  MAIL_LIMIT_PER_ADDRESS: whole(1, 10_000).default(10),
  MAIL_LIMIT_PER_INVITATION: whole(1, 10_000).default(3),
  INVITATION_URL: redirectUrl.optional(),
  REDIRECT_URLS: list.pipe(z.array(redirectUrl)).default([]),
  DEMO: flag.optional(),
  DEVELOPMENT_ON_NETWORK: flag.default(false),
  GRAPHIQL: flag.optional(),
  INTROSPECTION: flag.optional(),
  CORS_ORIGINS: origins.default([]),
  COMPILE_QUERIES_AFTER: whole(0, 1_000_000).default(10),
  MAX_BODY_BYTES: whole(1024, 100_000_000).default(1_000_000),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

const nobody = () => false

export type Config = Readonly<ReturnType<typeof readConfig>>

/**
 * Reads the environment once. The only reader of `process.env`.
 * @throws StartError with one line naming every variable that is wrong.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const lines = parsed.error.issues.map(issue => `${issue.path.join('.')} ${issue.message}`)
    throw new StartError(`Configuration: ${lines.join('; ')}`)
  }
  const value = parsed.data
  if (value.INVITATION_DAYS > value.INVITATION_MAX_DAYS)
    throw new StartError('Configuration: INVITATION_DAYS (7 unless set) cannot be more than INVITATION_MAX_DAYS')
  const isProduction = value.NODE_ENV === 'production'
  if (isProduction) refuseUnsafe(value)
  if (value.SMTP_URL !== undefined && value.MAIL_FROM === undefined)
    throw new StartError('Configuration: MAIL_FROM is needed with SMTP_URL: the address that mail comes from')
  const isOpen = value.NODE_ENV === 'development' && !isLoopback(value.HOST) && !value.DEVELOPMENT_ON_NETWORK
  if (isOpen)
    throw new StartError(
      `Configuration: HOST ${value.HOST} in development lets everybody who reaches it sign in as anybody: set NODE_ENV=production, or DEVELOPMENT_ON_NETWORK=true to allow it`,
    )
  const publicUrl =
    value.PUBLIC_URL?.replace(/\/+$/, '') ??
    `http://${value.HOST.includes(':') ? `[${value.HOST}]` : value.HOST}:${value.PORT}`
  return {
    isProduction,
    port: value.PORT,
    host: value.HOST,
    /** Whose word on where a request comes from counts: proxies before this process, by their address. */
    isTrustedProxy: value.TRUSTED_PROXIES ?? nobody,
    publicUrl,
    databaseUrl: value.DATABASE_URL,
    databasePool: value.DATABASE_POOL,
    /** In milliseconds: how long to wait for a connection, for a statement, and for a lock. */
    databaseTimeouts: {
      pool: value.DATABASE_POOL_TIMEOUT,
      statement: value.DATABASE_STATEMENT_TIMEOUT,
      lock: value.DATABASE_LOCK_TIMEOUT,
    },
    /** Off for a pooler in transaction mode that does not know named statements. */
    preparedStatements: value.DATABASE_PREPARED_STATEMENTS,
    dataDir: value.DATA_DIR,
    trustedIssuers: value.TRUSTED_ISSUERS,
    /** The issuer of our own at `/oidc`; null: off. Without a secret, one is kept in the data folder. */
    issuer: value.BUILT_IN_ISSUER
      ? {
          secret: value.ISSUER_SECRET ?? null,
          applications: value.APPLICATIONS,
          limitPerIp: value.SIGN_IN_LIMIT_PER_IP,
          /** How many sign-ins at providers one network address may start within ten minutes. */
          startsPerIp: value.SSO_LIMIT_PER_IP,
        }
      : null,
    operators: value.OPERATORS,
    organizationCreation: value.ORGANIZATION_CREATION,
    organizationLimitPerUser: value.ORGANIZATION_LIMIT_PER_USER,
    /** How many custom roles one organization may have. */
    customRoleLimit: value.CUSTOM_ROLE_LIMIT,
    ssoConnectorLimit: value.SSO_CONNECTOR_LIMIT,
    invitationDays: value.INVITATION_DAYS,
    invitationMaxDays: value.INVITATION_MAX_DAYS,
    /** Where nobody is invited: `example.com`, or `*.example.com` for all below it; lower case, in ASCII. */
    blockedEmailDomains: value.BLOCKED_EMAIL_DOMAINS,
    ownershipTransferDays: value.OWNERSHIP_TRANSFER_DAYS,
    /** For how long a slug that was changed still leads to its organization. */
    slugRedirectDays: value.SLUG_REDIRECT_DAYS,
    /** How many requests to join one user may have pending. */
    joinRequestLimitPerUser: value.JOIN_REQUEST_LIMIT_PER_USER,
    /** How long a refused request keeps its user from asking again. */
    joinRequestRefusalDays: value.JOIN_REQUEST_REFUSAL_DAYS,
    /** How long an organization token lives, at most (TOK-1). */
    organizationTokenSeconds: value.ORGANIZATION_TOKEN_SECONDS,
    /** How many an organization may claim; how often each proof is looked at, 0: never; how many misses in a row end it. */
    emailDomains: {
      limit: value.DOMAIN_LIMIT,
      checkSeconds: value.DOMAIN_CHECK_SECONDS,
      missedChecks: value.DOMAIN_MISSED_CHECKS,
    },
    restoreDays: value.RESTORE_DAYS,
    /** Whether owners restore what was deleted; operators always do. */
    ownersRestore: value.OWNERS_RESTORE,
    /** How often this process looks for organizations whose time is over; 0: never. */
    purgeSeconds: value.PURGE_SECONDS,
    /** Null: no mail is sent, and none is queued. */
    mail: mailOf(value),
    /** How many mails an invitation, and an address in all organizations, may get within so many minutes (INV-11). */
    mailLimits: {
      minutes: value.MAIL_LIMIT_MINUTES,
      perAddress: value.MAIL_LIMIT_PER_ADDRESS,
      perInvitation: value.MAIL_LIMIT_PER_INVITATION,
    },
    /** The page that the link of an invitation opens; null: ours. */
    invitationUrl: value.INVITATION_URL ?? null,
    redirectUrls: value.REDIRECT_URLS,
    /** Development conveniences: the development issuer, the demo deployment, tokens filled in. */
    isDevelopment: value.NODE_ENV === 'development',
    /** Seeds the demo deployment, once: by itself only into the embedded database, where nothing of value can be. */
    demo: value.DEMO ?? (value.NODE_ENV === 'development' && value.DATABASE_URL === undefined),
    graphiql: value.GRAPHIQL ?? !isProduction,
    introspection: value.INTROSPECTION ?? !isProduction,
    corsOrigins: value.CORS_ORIGINS,
    /** How often a query goes through before it is compiled; 0: never. */
    compileQueriesAfter: value.COMPILE_QUERIES_AFTER,
    maxBodyBytes: value.MAX_BODY_BYTES,
    logLevel: value.LOG_LEVEL,
  }
}

function mailOf(value: z.infer<typeof environment>): MailSettings | null {
  const { SMTP_URL: server, MAIL_FROM: from = { name: 'Tenantry', address: 'tenantry@localhost' } } = value
  const tls = value.SMTP_TLS ?? (value.NODE_ENV === 'production' ? 'REQUIRED' : 'OPPORTUNISTIC')
  if (server !== undefined) return { kind: 'SMTP', server, tls, from }
  return value.NODE_ENV === 'development' ? { kind: 'MAILBOX', from } : null
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

function refuseUnsafe(value: z.infer<typeof environment>): void {
  const wrong: string[] = []
  if (value.DATABASE_URL === undefined && value.EMBEDDED_DATABASE !== true)
    wrong.push('DATABASE_URL is needed in production (or EMBEDDED_DATABASE=true, to ask for the embedded one)')
  if (value.BUILT_IN_ISSUER && value.ISSUER_SECRET === undefined)
    wrong.push('ISSUER_SECRET is needed in production (or BUILT_IN_ISSUER=false, to have nobody sign in here)')
  if (!value.BUILT_IN_ISSUER && value.TRUSTED_ISSUERS.length === 0)
    wrong.push('TRUSTED_ISSUERS is needed in production without the built-in issuer: nobody could sign in')
  // Its codes come by mail.
  if (value.BUILT_IN_ISSUER && value.TRUSTED_ISSUERS.length === 0 && value.SMTP_URL === undefined)
    wrong.push('SMTP_URL is needed in production, or TRUSTED_ISSUERS: nobody could sign in')
  const places = value.TRUSTED_ISSUERS.flatMap(({ issuer, jwksUri }) => [issuer, jwksUri ?? issuer])
  if (places.some(place => new URL(place).protocol === 'http:'))
    wrong.push('TRUSTED_ISSUERS must use https in production')
  if (value.CORS_ORIGINS.includes('*')) wrong.push('CORS_ORIGINS must name origins; * is not possible')
  if (value.PUBLIC_URL === undefined) wrong.push('PUBLIC_URL is needed in production')
  if ([value.INVITATION_URL ?? '', ...value.REDIRECT_URLS].some(url => url.startsWith('http:')))
    wrong.push('INVITATION_URL and REDIRECT_URLS must use https in production')
  const uris = value.APPLICATIONS.flatMap(one => [
    ...[...one.redirectUris, ...one.postLogoutRedirectUris],
    ...('initiateLoginUri' in one && one.initiateLoginUri !== undefined ? [one.initiateLoginUri] : []),
  ])
  if (uris.some(uri => /^http:\/\/(?!127\.0\.0\.1[:/]|\[::1\][:/])/.test(uri)))
    wrong.push('APPLICATIONS must use https in production')
  if (wrong.length > 0) throw new StartError(`Configuration: ${wrong.join('; ')}`)
}
