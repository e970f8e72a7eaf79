import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { StartError } from '../../src/errors.ts'
import { production } from '../kit/deployment.ts'

/** Why this environment is refused, in one line. */
function refusal(env: Record<string, string>): string {
  try {
    readConfig(env)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    expect(error.message).toMatch(/^Configuration: [^\n]+$/)
    return error.message.replace('Configuration: ', '')
  }
  throw new Error(`Not refused: ${JSON.stringify(env)}`)
}
const issuers = (...list: object[]) => ({ TRUSTED_ISSUERS: JSON.stringify(list) })
const applications = (...list: object[]) => ({
  APPLICATIONS: JSON.stringify(
    list.map(one => ({ clientId: 'app', name: 'App', kind: 'SPA', redirectUris: ['https://app.test/'], ...one })),
  ),
})
const issuer = { issuer: 'https://id.test', audience: 'gateway' }

describe('production is refused', () => {
  const without = (name: keyof typeof production) =>
    Object.fromEntries(Object.entries(production).filter(([key]) => key !== name))
  const https = 'TRUSTED_ISSUERS must use https in production'
  test.each<[string, Record<string, string>, string]>([
    [
      'without a database',
      without('DATABASE_URL'),
      'DATABASE_URL is needed in production (or EMBEDDED_DATABASE=true, to ask for the embedded one)',
    ],
    [
      'with an empty address of the database',
      { ...production, DATABASE_URL: '' },
      'DATABASE_URL is needed in production (or EMBEDDED_DATABASE=true, to ask for the embedded one)',
    ],
    [
      'without a secret of its own issuer',
      without('ISSUER_SECRET'),
      'ISSUER_SECRET is needed in production (or BUILT_IN_ISSUER=false, to have nobody sign in here)',
    ],
    [
      'with a short secret',
      { ...production, ISSUER_SECRET: 'short' },
      'ISSUER_SECRET must have at least 32 characters',
    ],
    [
      'without any issuer',
      { ...without('TRUSTED_ISSUERS'), BUILT_IN_ISSUER: 'false' },
      'TRUSTED_ISSUERS is needed in production without the built-in issuer: nobody could sign in',
    ],
    [
      'with nothing but codes that nobody can mail',
      without('TRUSTED_ISSUERS'),
      'SMTP_URL is needed in production, or TRUSTED_ISSUERS: nobody could sign in',
    ],
    [
      'with an application without https',
      { ...production, ...applications({ redirectUris: ['http://app.test/callback'] }) },
      'APPLICATIONS must use https in production',
    ],
    [
      'with an issuer without https',
      { ...production, ...issuers(issuer, { ...issuer, issuer: 'http://id.test' }) },
      https,
    ],
    [
      'with an issuer without https, in capitals',
      { ...production, ...issuers({ ...issuer, issuer: 'HTTP://id.test' }) },
      https,
    ],
    ['with keys without https', { ...production, ...issuers({ ...issuer, jwksUri: 'http://id.test/jwks' }) }, https],
    [
      'with every origin',
      { ...production, CORS_ORIGINS: 'https://app.test,*' },
      'CORS_ORIGINS must name origins; * is not possible',
    ],
    ['without its own address', without('PUBLIC_URL'), 'PUBLIC_URL is needed in production'],
    [
      'with the switch of the embedded database off',
      { ...without('DATABASE_URL'), EMBEDDED_DATABASE: 'false' },
      'DATABASE_URL is needed in production (or EMBEDDED_DATABASE=true, to ask for the embedded one)',
    ],
  ])('%s', (_, env, message) => {
    expect(refusal(env)).toBe(message)
  })

  test('with everything that is wrong, in one line', () => {
    const message = refusal({ NODE_ENV: 'production', CORS_ORIGINS: '*' })
    for (const name of ['DATABASE_URL', 'ISSUER_SECRET', 'CORS_ORIGINS', 'PUBLIC_URL']) expect(message).toContain(name)
  })

  test('but not with what it needs', () => {
    expect(readConfig(production)).toMatchObject({
      isProduction: true,
      isDevelopment: false,
      graphiql: false,
      introspection: false,
      demo: false,
      corsOrigins: [],
    })
    const mail = { SMTP_URL: 'smtp://mail.test', MAIL_FROM: 'no-reply@app.test' }
    expect(readConfig({ ...without('TRUSTED_ISSUERS'), ...mail })).toMatchObject({ isProduction: true })
    expect(readConfig({ ...without('ISSUER_SECRET'), BUILT_IN_ISSUER: 'false' })).toMatchObject({ issuer: null })
    expect(readConfig({ ...without('DATABASE_URL'), EMBEDDED_DATABASE: 'true' })).toMatchObject({ isProduction: true })
  })
})

describe('no environment can have', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a mode that there is none of', { NODE_ENV: 'prod' }, 'NODE_ENV'],
    ['a mode in capitals', { NODE_ENV: 'Production' }, 'NODE_ENV'],
    ['applications that are no JSON', { APPLICATIONS: 'app' }, 'APPLICATIONS'],
    ['two applications of the same name', applications({}, {}), 'APPLICATIONS'],
    ['an application of the name of our own', applications({ clientId: 'tenantry-account' }), 'APPLICATIONS'],
    [
      'an application with a redirect to everywhere',
      applications({ redirectUris: ['https://*.test/'] }),
      'APPLICATIONS',
    ],
    ['a server among the applications without a secret', applications({ kind: 'WEB' }), 'APPLICATIONS'],
    ['a page among the applications with a secret', applications({ secret: 'x'.repeat(32) }), 'APPLICATIONS'],
    ['a port that is no number', { PORT: 'http' }, 'PORT'],
    ['a port of spaces', { PORT: ' ' }, 'PORT'],
    ['a port that is too high', { PORT: '65536' }, 'PORT'],
    ['a negative port', { PORT: '-1' }, 'PORT'],
    ['a port with a fraction', { PORT: '80.5' }, 'PORT'],
    ['a port of other digits', { PORT: '0x50' }, 'PORT'],
    ['a port that is endless', { PORT: 'Infinity' }, 'PORT'],
    ['another kind of database', { DATABASE_URL: 'mysql://db.test/x' }, 'DATABASE_URL'],
    ['an operator who is neither an address nor a subject', { OPERATORS: 'olga' }, 'OPERATORS'],
    ['an operator whose issuer is no address', { OPERATORS: 'issuer 4711' }, 'OPERATORS'],
    ['an operator without a subject', { OPERATORS: 'https://id.test' }, 'OPERATORS'],
    ['no patience with the database', { DATABASE_STATEMENT_TIMEOUT: '0' }, 'DATABASE_STATEMENT_TIMEOUT'],
    ['more custom roles than lists can bear', { CUSTOM_ROLE_LIMIT: '1001' }, 'CUSTOM_ROLE_LIMIT'],
    ['an empty pool', { DATABASE_POOL: '0' }, 'DATABASE_POOL'],
    ['a switch that is neither on nor off', { DEMO: 'yes' }, 'DEMO'],
    ['a switch of nothing but space', { GRAPHIQL: ' ' }, 'GRAPHIQL'],
    ['no days for an invitation', { INVITATION_DAYS: '0' }, 'INVITATION_DAYS'],
    [
      'invitations that live longer than they may',
      { INVITATION_DAYS: '60', INVITATION_MAX_DAYS: '30' },
      'INVITATION_DAYS',
    ],
    ['a default life that is longer than the limit', { INVITATION_MAX_DAYS: '3' }, 'INVITATION_DAYS'],
    ['a body limit that no request meets', { MAX_BODY_BYTES: '10' }, 'MAX_BODY_BYTES'],
    ['a level of logs that there is none of', { LOG_LEVEL: 'trace' }, 'LOG_LEVEL'],
    ['a rule for creation that there is none of', { ORGANIZATION_CREATION: 'everyone' }, 'ORGANIZATION_CREATION'],
    ['an address of its own that is none', { PUBLIC_URL: 'gateway.test' }, 'PUBLIC_URL'],
    ['an address of its own that no browser opens', { PUBLIC_URL: 'javascript:alert(1)' }, 'PUBLIC_URL'],
    ['an origin with a path', { CORS_ORIGINS: 'https://app.test/' }, 'CORS_ORIGINS'],
    ['an origin without a scheme', { CORS_ORIGINS: 'app.test' }, 'CORS_ORIGINS'],
    ['the origin of every sandboxed page', { CORS_ORIGINS: 'null' }, 'CORS_ORIGINS'],
    ['a pattern of origins', { CORS_ORIGINS: 'https://*.app.test' }, 'CORS_ORIGINS'],
    ['a blocked domain that is none', { BLOCKED_EMAIL_DOMAINS: 'spam.test, no domain' }, 'BLOCKED_EMAIL_DOMAINS'],
    ['a blocked address', { BLOCKED_EMAIL_DOMAINS: 'ada@spam.test' }, 'BLOCKED_EMAIL_DOMAINS'],
    ['a wildcard that is no whole label', { BLOCKED_EMAIL_DOMAINS: 'spam*.test' }, 'BLOCKED_EMAIL_DOMAINS'],
    ['every domain as blocked', { BLOCKED_EMAIL_DOMAINS: '*' }, 'BLOCKED_EMAIL_DOMAINS'],
    ['issuers that are no JSON', { TRUSTED_ISSUERS: 'https://id.test' }, 'TRUSTED_ISSUERS'],
    ['an issuer that is no list', { TRUSTED_ISSUERS: JSON.stringify(issuer) }, 'TRUSTED_ISSUERS'],
    ['an issuer without audience', issuers({ issuer: 'https://id.test' }), 'TRUSTED_ISSUERS'],
    ['an issuer with an empty audience', issuers({ ...issuer, audience: '' }), 'TRUSTED_ISSUERS'],
    ['an issuer that is no address', issuers({ ...issuer, issuer: 'id.test' }), 'TRUSTED_ISSUERS'],
    [
      'an issuer with a setting that there is none of',
      issuers({ ...issuer, jwksURI: 'https://id.test/jwks' }),
      'TRUSTED_ISSUERS',
    ],
    ['an issuer with a symmetric algorithm', issuers({ ...issuer, algorithms: ['HS256'] }), 'TRUSTED_ISSUERS'],
    ['an issuer without signatures', issuers({ ...issuer, algorithms: ['none'] }), 'TRUSTED_ISSUERS'],
    ['an issuer without any algorithm', issuers({ ...issuer, algorithms: [] }), 'TRUSTED_ISSUERS'],
  ])('%s', (_, env, name) => {
    expect(refusal(env)).toContain(name)
  })
})

test('its own address is kept without a slash at the end (TPL-10)', () => {
  expect(readConfig({ PUBLIC_URL: 'https://gateway.test/' }).publicUrl).toBe('https://gateway.test')
})

test('an empty variable is as good as none', () => {
  const names = ['NODE_ENV', 'PORT', 'DATABASE_URL', 'TRUSTED_ISSUERS', 'CORS_ORIGINS', 'GRAPHIQL', 'LOG_LEVEL']
  expect(readConfig(Object.fromEntries(names.map(name => [name, ''])))).toEqual(readConfig({}))
})

test('what is said is kept, without the space around the items of a list', () => {
  const env = {
    CORS_ORIGINS: ' https://a.test , http://localhost:3000 ,',
    OPERATORS: 'ada@people.test, https://id.test ada',
  }
  expect(
    readConfig({ ...env, PORT: '0', MAX_BODY_BYTES: '2048', INVITATION_DAYS: '30', INVITATION_MAX_DAYS: '30' }),
  ).toMatchObject({
    corsOrigins: ['https://a.test', 'http://localhost:3000'],
    operators: ['ada@people.test', 'https://id.test ada'],
    port: 0,
    maxBodyBytes: 2048,
    invitationDays: 30,
    invitationMaxDays: 30,
  })
})

test('no refusal repeats the password of the database', () => {
  const message = refusal({ ...production, DATABASE_URL: 'postgres//tenantry:secret@db.test/x', PORT: 'x' })
  expect(message).not.toContain('secret')
})
