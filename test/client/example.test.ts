import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type App, createApp } from '../../src/app.ts'
import { openDevelopmentIssuer } from '../../src/auth/development-issuer.ts'
import { readConfig } from '../../src/config.ts'
import { people } from '../../src/demo.ts'
import { graphql } from '../generated/gql.ts'
import type { OnboardedQuery } from '../generated/graphql.ts'
import { createClient } from '../kit/client.ts'
import { temporaryDataDir } from '../kit/data-dir.ts'
import { freshDatabase } from '../kit/database.ts'
import { freePort } from '../process/tenantry.ts'

const Onboarded = graphql(`
  query Onboarded($slug: String!) {
    organization(by: { slug: $slug }) {
      name
      members(orderBy: { field: JOINED_AT, direction: ASC }) {
        nodes { principal { displayName } origin roles { name } }
      }
      invitations { nodes { email status } }
    }
  }
`)

let demo: Awaited<ReturnType<typeof serveDemo>>
beforeAll(async () => {
  demo = await serveDemo()
})
afterAll(() => demo.close())

test('the example takes a founder and a colleague from nothing to an organization of two', async () => {
  const { code, stdout, stderr } = await demo.example()
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.replace(/\d{4}-\d\d-\d\d/, '<date>')).toMatchInlineSnapshot(`
    "Otto Owner <otto.owner@demo.example> is signed in, and Iris Invited <iris.invited@demo.example> elsewhere.
    Otto Owner created Hooli, known as hooli.
    Iris Invited is invited until <date>.
    Iris Invited finds an invitation to Hooli by Otto Owner.
    Iris Invited finds an invitation to Acme by Otto Owner.
    Iris Invited accepted.
    Iris Invited now has the roles Member and Admin.
    The members of Hooli:
      Otto Owner (Owner)
      Iris Invited (Member, Admin)
    "
  `)
  expect(await demo.onboarded('hooli')).toMatchInlineSnapshot(`
    {
      "invitations": {
        "nodes": [
          {
            "email": "iris.invited@demo.example",
            "status": "ACCEPTED",
          },
        ],
      },
      "members": {
        "nodes": [
          {
            "origin": "CREATION",
            "principal": {
              "displayName": "Otto Owner",
            },
            "roles": [
              {
                "name": "Owner",
              },
            ],
          },
          {
            "origin": "INVITATION",
            "principal": {
              "displayName": "Iris Invited",
            },
            "roles": [
              {
                "name": "Member",
              },
              {
                "name": "Admin",
              },
            ],
          },
        ],
      },
      "name": "Hooli",
    }
  `)
})

test('the example goes on with the suggestion when the short name is taken', async () => {
  const { code, stdout } = await demo.example('--name', 'Acme again', '--slug', 'acme')
  expect(code).toBe(0)
  const [, slug = ''] = /known as (acme-\w+)\./.exec(stdout) ?? []
  expect(await demo.onboarded(slug)).toMatchObject({ name: 'Acme again' })
})

test('the example tells a person what is wrong with what they gave', async () => {
  const { code, stderr } = await demo.example('--name', ' ')
  expect({ code, stderr }).toMatchInlineSnapshot(`
    {
      "code": 1,
      "stderr": "Refused: input.name: A name has at least 1 character.
    ",
    }
  `)
})

test('the example says where the token may be wrong', async () => {
  const { code, stderr } = await demo.exampleWith({ FOUNDER_TOKEN: 'made-up' })
  expect({ code, stderr }).toMatchInlineSnapshot(`
    {
      "code": 1,
      "stderr": "The token is not a signed JWT: the gateway takes JWT access tokens (RFC 9068), not opaque ones. Does the token come from an issuer that Tenantry trusts?
    ",
    }
  `)
})

test('the example says what to do when nothing answers', async () => {
  const url = `http://127.0.0.1:${await freePort()}`
  const { code, stderr } = await demo.example('--url', `${url}/graphql`)
  expect({ code, stderr: stderr.replace(url, '<url>') }).toMatchInlineSnapshot(`
    {
      "code": 1,
      "stderr": "<url>/graphql does not answer (ECONNREFUSED). Start Tenantry with "npm start", or name its address with --url.
    ",
    }
  `)
})

test('the example says that the address is wrong when no gateway answers', async () => {
  const { code, stderr } = await demo.example('--url', `${demo.url}/elsewhere`)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^http\S+\/elsewhere answered 40\d, and not as a GraphQL server does\.\n$/)
})

/** The demo deployment on a port, as a newcomer has it after the start. */
async function serveDemo() {
  const [database, dataDir] = await Promise.all([freshDatabase(), temporaryDataDir()])
  const config = readConfig({ DATA_DIR: dataDir.path, LOG_LEVEL: 'silent' })
  const app = await createApp(config, { databaseUrl: database.url })
  const { url, close } = await listen(app)
  const issuer = await openDevelopmentIssuer(dataDir.path, () => new Date())
  const owner = createClient(app, await issuer.sign(people.owner.email))
  const exampleWith = (env: Record<string, string>, ...given: string[]) =>
    run(given, { DATA_DIR: dataDir.path, TENANTRY_URL: `${url}/graphql`, ...env })
  return {
    url,
    exampleWith,
    example: (...given: string[]) => exampleWith({}, ...given),
    onboarded: async (slug: string) => (await owner.query<OnboardedQuery>(Onboarded.toString(), { slug })).organization,
    async close() {
      await close()
      await app.close()
      await Promise.all([database.drop(), dataDir.remove()])
    },
  }
}

async function listen(app: App) {
  const server = createServer(app.handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const close = async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${address.port}`, close }
}

const main = fileURLToPath(new URL('../../examples/client/main.ts', import.meta.url))

/** The program as a person starts it. */
function run(given: string[], env: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }> {
  const { PATH, HOME } = process.env
  return new Promise(resolve => {
    execFile(
      process.execPath,
      [main, ...given],
      { env: { PATH, HOME, ...env }, timeout: 30_000 },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}
