import { expect, test } from 'vitest'
import { written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, refusedOnly } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const create = 'createOrganization'
const limit = '... on OrganizationLimitReachedError { limit }'
const selection = '... on CreateOrganizationPayload { organization { id } membership { id } }'

/** A deployment where only operators create organizations; the kit's own acme is made before, for its operator. */
const operatorsOnly = () => world({ isolated: true, env: { ORGANIZATION_CREATION: 'OPERATORS' } })
const atMost = (count: number) => world({ isolated: true, env: { ORGANIZATION_LIMIT_PER_USER: String(count) } })

test('where only operators create organizations, everybody else is refused, and it is recorded (ORG-4)', async () => {
  const w = await operatorsOnly()
  const founder = await w.person()
  const { result, ...journal } = await written(w, () => refusalOf(founder, create, { name: 'Mine' }))
  expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'organizations:write' })
  expect(actionsOf(journal)).toEqual(refusedOnly)
})

test('where only operators create organizations, viewerCanCreateOrganization says so (ORG-4)', async () => {
  const w = await operatorsOnly()
  const query = '{ viewer { viewerCanCreateOrganization } }'
  const founder = await w.person()
  expect(await founder.query(query)).toEqual({ viewer: { viewerCanCreateOrganization: false } })
  expect(await w.operator.query(query)).toEqual({ viewer: { viewerCanCreateOrganization: true } })
  expect((await w.operator.mutate(create, { name: 'Theirs' })).__typename).toBe('CreateOrganizationPayload')
})

test('one more organization than the configuration allows is OrganizationLimitReachedError (ORG-4)', async () => {
  const w = await atMost(2)
  const founder = await w.person()
  await founder.mutate(create, { name: 'One' })
  await founder.mutate(create, { name: 'Two' })
  const { result, ...journal } = await written(w, () => founder.mutate(create, { name: 'Three' }, limit))
  expect(result).toMatchObject({ __typename: 'OrganizationLimitReachedError', limit: 2 })
  expect(actionsOf(journal)).toEqual(nothing)
  expect((await founder.query('{ viewer { memberships { totalCount } } }')).viewer.memberships.totalCount).toBe(2)
})

test('the limit is that of each user: memberships in organizations of others do not count (ORG-4)', async () => {
  const w = await atMost(1)
  const member = await w.acme.member()
  expect((await member.mutate(create, { name: 'Own' })).__typename).toBe('CreateOrganizationPayload')
  expect((await member.mutate(create, { name: 'Second' })).__typename).toBe('OrganizationLimitReachedError')
})

test('an operator is beyond the limit, for themselves and for others (ORG-4)', async () => {
  const w = await atMost(1)
  for (const ownerId of [undefined, undefined, await w.owner.id(), await w.owner.id()]) {
    expect((await w.operator.mutate(create, { name: 'More', ownerId })).__typename).toBe('CreateOrganizationPayload')
  }
})

test('what an operator made for a user does not use up that user’s own (ORG-4)', async () => {
  const w = await atMost(1)
  const customer = await w.person()
  await w.operator.mutate(create, { name: 'Given', ownerId: await customer.id() })
  expect((await customer.mutate(create, { name: 'Own' })).__typename).toBe('CreateOrganizationPayload')
})

test('deleting what one created buys no more: it is still there, with its slug, until it is purged (ORG-4, ORG-6)', async () => {
  const w = await atMost(1)
  const founder = await w.person()
  const { organization } = await founder.mutate(create, { name: 'First' }, selection)
  await founder.mutate('deleteOrganization', { organizationId: organization.id })
  expect((await founder.mutate(create, { name: 'Again' })).__typename).toBe('OrganizationLimitReachedError')
})

test('leaving what one created to somebody else buys no more (ORG-4)', async () => {
  const w = await atMost(1)
  const founder = await w.person()
  const made = await founder.mutate(create, { name: 'To leave' }, selection)
  const [userId, roleIds] = [await w.owner.id(), [await w.roleId('Owner')]]
  await w.operator.mutate('addMember', { organizationId: made.organization.id, userId, roleIds })
  await founder.mutate('removeMember', { membershipId: made.membership.id })
  expect((await founder.mutate(create, { name: 'Again' })).__typename).toBe('OrganizationLimitReachedError')
})
