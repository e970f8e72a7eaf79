import { expect, test } from 'vitest'
import { allLists } from '../contract/lists.ts'
import { mainQueries } from '../contract/main-queries.ts'
import { populate } from '../contract/population.ts'
import type { Client } from '../kit/client.ts'
import { uuidOf } from '../kit/journal.ts'
import { type World, world } from '../kit/world.ts'

// From its second time on a query runs compiled here; the first answer is that of the reference executor.

async function compiling(): Promise<World> {
  const here = await world({ isolated: true, env: { COMPILE_QUERIES_AFTER: '1' } })
  const { acme, owner } = here
  const place = { organization: uuidOf(acme.id), viewer: uuidOf(await owner.id()), email: owner.email }
  await populate(here.databaseUrl, place, 1, 8)
  return here
}

/** Makes another document of a text, which no request has sent yet, with all at the same place. */
const asIsMark = ' # as it is'

/** Sends a query until it runs compiled; every answer is that of the first time. */
async function twice(client: Client, query: string, variables: object = {}) {
  const first = await client.send(query, variables)
  expect(await client.send(query, variables)).toEqual(first)
  expect(await client.send(query, variables)).toEqual(first)
  return first
}

test('every list answers the same, compiled or not', async () => {
  const here = await compiling()
  for (const depth of [1, 2] as const)
    for (const { name, query, caller } of allLists(here.acme.id, 5, depth)) {
      const asIs = await caller(here).send(query)
      expect([name, asIs.errors]).toEqual([name, []])
      expect([name, await caller(here).send(query)]).toEqual([name, asIs])
    }
})

test('the main queries answer the same, compiled or not', async () => {
  const here = await compiling()
  for (const query of Object.values(mainQueries(here.acme.id, 5))) await twice(here.owner, query)
})

const byId = 'query($by: OrganizationRef!) { organization(by: $by) { name } }'

test('variables are checked for a compiled query in the same words', async () => {
  const here = await compiling()
  const { acme, owner, person } = here
  const fresh = await person()
  await twice(owner, byId, { by: { id: acme.id } })
  for (const by of [null, {}, { id: acme.id, slug: acme.slug }, { slug: null }, { name: 'x' }, { id: 1.5 }, 'x']) {
    const asIs = await fresh.send(`${byId}${asIsMark}`, { by })
    expect(asIs.errors.length).toBeGreaterThan(0)
    expect([by, await owner.send(byId, { by })]).toEqual([by, asIs])
  }
})

test('a compiled query is held to the limits by the variables of each request', async () => {
  const here = await compiling()
  const query = `query($n: Int!) { viewer { memberships(first: $n) { nodes { organization { members(first: $n) { nodes {
    principal { displayName memberships(first: $n) { nodes { roles { name } } } } } } } } } } }`
  await twice(here.owner, query, { n: 1 })
  const answer = await here.owner.send(query, { n: 100 })
  expect(answer.errors.map(error => error.extensions.code)).toEqual(['QUERY_TOO_COMPLEX'])
  expect((await here.owner.send(query, { n: 101 })).errors.length).toBeGreaterThan(0)
})

test('a compiled query asks what each caller may do', async () => {
  const here = await compiling()
  const { acme, owner, operator, anonymous } = here
  const member = await acme.member()
  const stranger = await here.person()
  const query = `query($id: ID!) { organization(by: { id: $id }) { name invitations { totalCount } auditEvents { totalCount } }
    organizations(first: 1) { totalCount } }`
  await twice(operator, query, { id: acme.id })
  for (const caller of [owner, member, stranger, anonymous()]) {
    const asIs = await caller.send(`${query}${asIsMark}`, { id: acme.id })
    expect(asIs.errors.length).toBeGreaterThan(0)
    expect(await caller.send(query, { id: acme.id })).toEqual(asIs)
  }
})

test('a compiled query knows @skip and @include, fragments, aliases and __typename', async () => {
  const here = await compiling()
  const query = `query($id: ID!, $yes: Boolean!) { __typename here: organization(by: { id: $id }) { ...Brief name @include(if: $yes)
    members(first: 3) { nodes { principal { __typename ... on User @skip(if: $yes) { email } ...Name } } } } }
    fragment Brief on Organization { slug @skip(if: $yes) id } fragment Name on Principal { displayName }`
  const { id } = here.acme
  const shown = await twice(here.owner, query, { id, yes: true })
  const hidden = await here.owner.send(`${query}${asIsMark}`, { id, yes: false })
  expect(await here.owner.send(query, { id, yes: false })).toEqual(hidden)
  expect(hidden).not.toEqual(shown)
})

test('of a document with several operations the one that is named runs', async () => {
  const here = await compiling()
  const query = 'query A { viewer { principal { id } } } query B { viewer { principal { displayName } } }'
  const send = async (operationName: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${here.owner.token}` }
    const body = JSON.stringify({ query, operationName })
    return (await here.app.fetch(new Request('http://tenantry.test/graphql', { method: 'POST', headers, body }))).json()
  }
  const [a, b] = [await send('A'), await send('B')]
  for (let time = 0; time < 3; time++) expect([await send('A'), await send('B')]).toEqual([a, b])
  expect(a).not.toEqual(b)
})
