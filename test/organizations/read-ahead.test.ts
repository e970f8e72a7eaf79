import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Client } from '../kit/client.ts'
import { world } from '../kit/world.ts'

const unique = () => `s-${randomUUID().slice(0, 18)}`
const query = `query($slug: String!, $filter: MembershipFilter) { organization(by: { slug: $slug }) {
  id members(first: 5, filter: $filter) { totalCount nodes { principal { displayName ... on User { email } } roles { name } } } } }`
const ask = (by: Client, slug: string, filter: object = {}) => by.query(query, { slug, filter })

test('what is begun ahead is what comes out, whatever else is asked with it', async () => {
  const { acme, owner } = await world()
  const first = await ask(owner, acme.slug)
  expect(first.organization.members.totalCount).toBeGreaterThan(0)
  expect(await ask(owner, acme.slug)).toEqual(first)
  const twice = `query($slug: String!) { organization(by: { slug: $slug }) { one: members(first: 1) { nodes { id } }
    ...Rest } } fragment Rest on Organization { ... { two: members(first: 2) { nodes { id } } } }`
  const { organization } = await owner.query(twice, { slug: acme.slug })
  expect(organization.one.nodes).toEqual(organization.two.nodes.slice(0, 1))
})

test('it costs no statement more', async () => {
  const { acme, owner, statements } = await world()
  const counted = async () => {
    statements.splice(0)
    await ask(owner, acme.slug)
    return statements.length
  }
  await counted()
  const known = await counted()
  expect(await counted()).toBe(known)
  const other = unique()
  await owner.mutate('updateOrganization', { organizationId: acme.id, slug: other })
  statements.splice(0)
  await ask(owner, other)
  expect(statements.length).toBe(known)
})

test('a slug that leads elsewhere by now gives what is there now (ORG-1)', async () => {
  const w = await world({ env: { SLUG_REDIRECT_DAYS: '0' } })
  const slug = unique()
  const [one, two] = [await w.person(), await w.person()]
  const former = await w.organization(one, { slug })
  await former.member()
  expect((await ask(one, slug)).organization).toMatchObject({ id: former.id, members: { totalCount: 2 } })
  await one.mutate('updateOrganization', { organizationId: former.id, slug: unique() })
  const next = await w.organization(two, { slug })
  expect((await ask(two, slug)).organization).toMatchObject({ id: next.id, members: { totalCount: 1 } })
  expect((await ask(one, slug)).organization).toBeNull()
})

test('nobody gets what they may not see: strangers nothing, members without member:read no members (MEM-5)', async () => {
  const { acme, owner, person } = await world()
  await ask(owner, acme.slug)
  expect((await ask(await person(), acme.slug)).organization).toBeNull()
  const blind = await acme.member({ roles: [] })
  expect((await ask(blind, acme.slug)).organization).toEqual({ id: acme.id, members: null })
})

test('what is wrong with the arguments is said once, by the field', async () => {
  const { acme, owner } = await world()
  await ask(owner, acme.slug)
  const { errors } = await owner.send(query, { slug: acme.slug, filter: { search: 'x'.repeat(200) } })
  expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
    [['organization', 'members'], 'BAD_USER_INPUT'],
  ])
})

test('what was begun ahead for nothing holds no connection', async () => {
  const { acme, owner, person } = await world({ isolated: true })
  await ask(owner, acme.slug)
  const [stranger, blind] = [await person(), await acme.member({ roles: [] })]
  // More than there are connections.
  for (let count = 0; count < 25; count += 1) {
    expect((await ask(stranger, acme.slug)).organization).toBeNull()
    expect((await ask(blind, acme.slug)).organization.members).toBeNull()
  }
  expect((await ask(owner, acme.slug)).organization.id).toBe(acme.id)
})
