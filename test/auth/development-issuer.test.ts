import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDevelopmentIssuer } from '../../src/auth/development-issuer.ts'
import { createTokenVerifier } from '../../src/auth/verify-token.ts'

const clock = () => new Date('2026-01-02T03:04:05.678Z')
const KEY_FILE = 'development-issuer.json'
let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tenantry-'))
})
afterEach(() => rm(directory, { recursive: true }))

const open = () => openDevelopmentIssuer(join(directory, 'data'), clock)
const keyFile = () => join(directory, 'data', KEY_FILE)

async function verifierOf() {
  return createTokenVerifier({ issuers: [], development: await open(), clock })
}

describe('a development token', () => {
  test('of a person says who that is, verified, for twelve hours', async () => {
    const token = await (await open()).sign('Ada.Lovelace+demo@Acme.test')
    const { verify } = await verifierOf()
    expect(await verify(token)).toEqual({
      issuer: 'urn:tenantry:development',
      subject: 'ada.lovelace+demo@acme.test',
      email: 'Ada.Lovelace+demo@Acme.test',
      isEmailVerified: true,
      isEmailDenied: false,
      displayName: 'Ada Lovelace',
      avatarUrl: null,
      clientId: null,
      organization: null,
      ...{ methods: [], acr: null },
      expiresAt: Date.parse('2026-01-02T15:04:05Z') / 1000,
    })
  })

  test('of a machine has the client id as its subject and no address', async () => {
    const token = await (await open()).signMachine('demo-billing')
    expect(await (await verifierOf()).verify(token)).toMatchObject({
      subject: 'demo-billing',
      clientId: 'demo-billing',
      email: null,
      isEmailVerified: false,
    })
  })

  test('lives as long as asked', async () => {
    const token = await (await open()).sign('ada@acme.test', { lifetimeSeconds: -60 })
    await expect((await verifierOf()).verify(token)).rejects.toThrow('The token expired at 2026-01-02T03:03:05.000Z.')
  })

  test('of another key is refused', async () => {
    const token = await (await open()).sign('ada@acme.test')
    await rm(keyFile())
    await expect((await verifierOf()).verify(token)).rejects.toThrow(/publishes no key/)
  })

  test('gives no access where the development issuer is not trusted', async () => {
    const token = await (await open()).sign('ada@acme.test')
    const { verify } = createTokenVerifier({ issuers: [], clock })
    await expect(verify(token)).rejects.toThrow('issuer "urn:tenantry:development" is not trusted by this gateway')
  })

  test.each(['ada', '@acme.test', 'ada@', 'a b@acme.test', 'ada@acme.test\n', `${'a'.repeat(250)}@acme.test`])(
    'is not made for the address %j',
    async email => {
      const refused = { code: 'BAD_USER_INPUT', message: expect.stringMatching(/is not an email address\.$/) }
      await expect((await open()).sign(email)).rejects.toMatchObject(refused)
    },
  )

  test.each(['', 'ada@acme.test', 'a b', 'a\n', 'a'.repeat(129)])(
    'is not made for the client id %j',
    async clientId => {
      await expect((await open()).signMachine(clientId)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    },
  )
})

describe('the key of the development issuer', () => {
  test('is published without its private part', async () => {
    expect((await open()).jwks()).toEqual({
      keys: [
        {
          kty: 'EC',
          crv: 'P-256',
          x: expect.any(String),
          y: expect.any(String),
          kid: expect.any(String),
          alg: 'ES256',
          use: 'sig',
        },
      ],
    })
  })

  test('is kept in a file that only its owner reads', async () => {
    const first = await open()
    expect((await stat(keyFile())).mode & 0o777).toBe(0o600)
    expect((await open()).jwks()).toEqual(first.jwks())
  })

  test('is one and the same for all who make it at once', async () => {
    const issuers = await Promise.all(Array.from({ length: 20 }, open))
    expect(new Set(issuers.map(issuer => JSON.stringify(issuer.jwks()))).size).toBe(1)
    expect(await readdir(join(directory, 'data'))).toEqual([KEY_FILE])
  })

  test.each(['', '{', '{}', '{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}'])(
    'is told to be broken when its file reads %j, which stays as it is',
    async content => {
      await open()
      await writeFile(keyFile(), content)
      await expect(open()).rejects.toMatchObject({
        name: 'StartError',
        message: expect.stringMatching(
          /development-issuer\.json holds no ES256 key; delete it, and a new one is made\.$/,
        ),
      })
      expect(await readFile(keyFile(), 'utf8')).toBe(content)
    },
  )

  test('is told to be out of reach when its directory cannot be made', async () => {
    await writeFile(join(directory, 'data'), '')
    await expect(open()).rejects.toMatchObject({ name: 'StartError', message: expect.stringMatching(/\(ENOTDIR\)/) })
  })
})

describe('npm run token', () => {
  /** Runs the script as `npm run token -- …` does. */
  function run(subjects: string[], env: Record<string, string> = {}) {
    const script = join(import.meta.dirname, '../../scripts/token.ts')
    const options = { env: { DATA_DIR: join(directory, 'data'), ...env } }
    return new Promise<{ code: number; stdout: string; stderr: string }>(resolve => {
      const child = execFile(process.execPath, [script, ...subjects], options, (_, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      )
    })
  }

  test('prints the token of a person or a machine, and only that', async () => {
    const development = await openDevelopmentIssuer(join(directory, 'data'), () => new Date())
    const { verify } = createTokenVerifier({ issuers: [], development, clock: () => new Date() })
    for (const subject of ['ada@acme.test', 'demo-billing']) {
      const { code, stdout, stderr } = await run([subject])
      expect({ code, stderr, lines: stdout.split('\n').length }).toEqual({ code: 0, stderr: '', lines: 2 })
      expect(await verify(stdout.trim())).toMatchObject({ subject })
    }
  })

  test('makes the key that a server started later trusts', async () => {
    const { stdout } = await run(['ada@acme.test'])
    const development = await openDevelopmentIssuer(join(directory, 'data'), () => new Date())
    const { verify } = createTokenVerifier({ issuers: [], development, clock: () => new Date() })
    expect(await verify(stdout.trim())).toMatchObject({ email: 'ada@acme.test' })
  })

  test.each<[string[], Record<string, string>, string]>([
    [[], {}, 'Usage: npm run token -- <email address or client id>\n'],
    [[''], {}, 'Usage: npm run token -- <email address or client id>\n'],
    [['a@acme.test', 'b@acme.test'], {}, 'Usage: npm run token -- <email address or client id>\n'],
    [['ada@'], {}, '"ada@" is not an email address.\n'],
    [['ada@acme.test'], { NODE_ENV: 'production' }, 'There are no development tokens in production.\n'],
    [['ada@acme.test'], { PORT: 'x' }, expect.stringMatching(/^Configuration: PORT .*\n$/)],
  ])('with %j and the environment %j prints nothing but the reason', async (subjects, env, stderr) => {
    expect(await run(subjects, env)).toEqual({ code: 1, stdout: '', stderr })
  })
})
