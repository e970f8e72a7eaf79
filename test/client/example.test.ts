import { afterAll, beforeAll, expect, test } from 'vitest'
import { people } from '../../src/demo.ts'
import { graphql } from '../generated/gql.ts'
import type { OnboardedQuery } from '../generated/graphql.ts'
import { freePort } from '../process/tenantry.ts'
import { serveDemo } from './demo.ts'

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

const example = (...given: string[]) => demo.run('client/main.ts', given)

async function onboarded(slug: string) {
  const owner = await demo.as(people.owner.email)
  return (await owner.query<OnboardedQuery>(Onboarded.toString(), { slug })).organization
}

test('the example takes a founder and a colleague from nothing to an organization of two', async () => {
  const { code, stdout, stderr } = await example()
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
  expect(await onboarded('hooli')).toMatchInlineSnapshot(`
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
  const { code, stdout } = await example('--name', 'Acme again', '--slug', 'acme')
  expect(code).toBe(0)
  const [, slug = ''] = /known as (acme-\w+)\./.exec(stdout) ?? []
  expect(await onboarded(slug)).toMatchObject({ name: 'Acme again' })
})

test('the example tells a person what is wrong with what they gave', async () => {
  const { code, stderr } = await example('--name', ' ')
  expect({ code, stderr }).toMatchInlineSnapshot(`
    {
      "code": 1,
      "stderr": "Refused: input.name: A name has at least 1 character.
    ",
    }
  `)
})

test('the example says where the token may be wrong', async () => {
  const { code, stderr } = await demo.run('client/main.ts', [], { FOUNDER_TOKEN: 'made-up' })
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
  const { code, stderr } = await example('--url', `${url}/graphql`)
  expect({ code, stderr: stderr.replace(url, '<url>') }).toMatchInlineSnapshot(`
    {
      "code": 1,
      "stderr": "<url>/graphql does not answer (ECONNREFUSED). Start Tenantry with "npm start", or name its address with --url.
    ",
    }
  `)
})

test('the example says that the address is wrong when no gateway answers', async () => {
  const { code, stderr } = await example('--url', `${demo.url}/elsewhere`)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^http\S+\/elsewhere answered 40\d, and not as a GraphQL server does\.\n$/)
})
