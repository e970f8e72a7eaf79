import { expect, test } from 'vitest'
import type { Result } from '../kit/client.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { rounds } from '../kit/rounds.ts'
import { actionsOf, sql } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const typesOf = (results: Result[]) => results.map(result => result.__typename).toSorted()
const versionAndData = 'query($id: ID!) { organization(by: { id: $id }) { version customData } }'
const unique = () => crypto.randomUUID().slice(0, 18)

test('of several who create one slug at once, one has it, and the others are told (ORG-1)', async () => {
  const w = await world()
  const founders = await Promise.all([w.person(), w.person(), w.person(), w.person()])
  for (const _ of rounds) {
    const input = { name: 'Racer', slug: unique() }
    const { result, ...journal } = await written(w, () =>
      Promise.all(founders.map(founder => founder.mutate('createOrganization', input))),
    )
    expect(typesOf(result)).toEqual(['CreateOrganizationPayload', ...founders.slice(1).map(() => 'SlugTakenError')])
    expect(actionsOf(journal).audit).toEqual(['MEMBER_ADDED', 'ORGANIZATION_CREATED'])
  }
})

test('of several who create one name at once, each gets a slug of its own (ORG-1)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const founder = await w.person()
    const input = { name: `Namesake ${unique()}` }
    const selection = '... on CreateOrganizationPayload { organization { slug } }'
    const results = await Promise.all([1, 2, 3].map(() => founder.mutate('createOrganization', input, selection)))
    expect(new Set(results.map(result => result.organization.slug)).size).toBe(3)
  }
})

test('of two organizations that take one slug at once, one has it (ORG-1)', async () => {
  const w = await world()
  const other = await w.organization(w.owner)
  for (const _ of rounds) {
    const slug = unique()
    const results = await Promise.all(
      [w.acme, other].map(({ id }) => w.owner.mutate('updateOrganization', { organizationId: id, slug })),
    )
    expect(typesOf(results)).toEqual(['SlugTakenError', 'UpdateOrganizationPayload'])
  }
})

test('of two updates from one version, one is told that the other was faster (ORG-7)', async () => {
  const w = await world()
  const organizationId = w.acme.id
  for (const round of rounds) {
    const input = { organizationId, expectedVersion: round + 1 }
    const { result, ...journal } = await written(w, () =>
      Promise.all([1, 2].map(one => w.owner.mutate('updateOrganization', { ...input, name: `${round} ${one}` }))),
    )
    expect(typesOf(result)).toEqual(['StaleVersionError', 'UpdateOrganizationPayload'])
    expect(actionsOf(journal)).toEqual({ audit: ['ORGANIZATION_UPDATED'], outbox: ['ORGANIZATION_UPDATED'] })
  }
})

test('without a version, updates at once lose nothing of one another: each patch is in the end (ORG-2, ORG-7)', async () => {
  const w = await world()
  const keys = rounds.map(round => `k${round}`)
  const results = await Promise.all(
    keys.map(key =>
      w.owner.mutate('updateOrganization', { organizationId: w.acme.id, customData: { merge: { [key]: 1 } } }),
    ),
  )
  expect(new Set(typesOf(results))).toEqual(new Set(['UpdateOrganizationPayload']))
  const customData = Object.fromEntries(keys.map(key => [key, 1]))
  expect((await w.owner.query(versionAndData, w.acme)).organization).toEqual({
    version: rounds.length + 1,
    customData,
  })
})

test('parallel creations do not slip past the limit of organizations (ORG-4)', async () => {
  const w = await world({ isolated: true, env: { ORGANIZATION_LIMIT_PER_USER: '2' } })
  for (const _ of rounds) {
    const founder = await w.person()
    await founder.id()
    const results = await Promise.all(
      [1, 2, 3, 4, 5].map(() => founder.mutate('createOrganization', { name: `Many ${unique()}` })),
    )
    expect(typesOf(results)).toEqual([
      ...[1, 2].map(() => 'CreateOrganizationPayload'),
      ...[3, 4, 5].map(() => 'OrganizationLimitReachedError'),
    ])
    const { viewer } = await founder.query('{ viewer { memberships { totalCount } } }')
    expect(viewer.memberships.totalCount).toBe(2)
  }
})

test('of two who delete an organization at once, one deletes it, and it is recorded once (ORG-6)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const { id: organizationId } = await w.organization(w.owner)
    const { result, ...journal } = await written(w, () =>
      Promise.all(
        [w.owner, w.operator].map(by =>
          by.send('mutation($input: DeleteOrganizationInput!) { deleteOrganization(input: $input) { __typename } }', {
            input: { organizationId },
          }),
        ),
      ),
    )
    const codes = result.flatMap(answer => answer.errors.map(error => error.extensions.code))
    expect(codes).toEqual(['NOT_FOUND'])
    expect(actionsOf(journal)).toEqual({ audit: ['ORGANIZATION_DELETED'], outbox: ['ORGANIZATION_DELETED'] })
  }
})

test('nobody joins an organization that is deleted at the same time, once it is deleted (ORG-6, MEM-3)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const { id: organizationId } = await w.organization(w.owner)
    const userId = await (await w.person()).id()
    const add = 'mutation($input: AddMemberInput!) { addMember(input: $input) { __typename } }'
    const [, added] = await Promise.all([
      w.owner.mutate('deleteOrganization', { organizationId }),
      w.operator.send(add, { input: { organizationId, userId } }),
    ])
    const rows = await sql<{ action: string }>(
      w,
      'select action from audit_event where organization_id = $1 order by id',
      [uuidOf(organizationId)],
    )
    const isAdded = added.errors.length === 0
    if (!isAdded) expect(added.errors[0]?.extensions.code).toBe('NOT_FOUND')
    const created = ['MEMBER_ADDED', 'ORGANIZATION_CREATED']
    const expected = [...created, ...(isAdded ? ['MEMBER_ADDED'] : []), 'ORGANIZATION_DELETED']
    expect(rows.map(row => row.action)).toEqual(expected)
  }
})
