import { expect, test } from 'vitest'
import { memberWith, missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, refusedOnly } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const update = 'updateOrganization'
const fields = 'name slug description version branding { logoUrl primaryColor }'
const selection = `... on UpdateOrganizationPayload { organization { ${fields} } }`
const issues = '... on InvalidInputError { issues { path } }'
const read = `query($id: ID!) { organization(by: { id: $id }) { ${fields} } }`

test('an update changes what it names, and its answer shows it', async () => {
  const { acme, owner } = await world()
  const slug = `renamed-${crypto.randomUUID().slice(0, 8)}`
  const input = { name: ' New name ', slug: slug.toUpperCase(), description: 'd', logoUrl: 'https://cdn.test/l.png' }
  const whole = { organizationId: acme.id, ...input, primaryColor: '#ABCDEF' }
  const { organization } = await owner.mutate(update, whole, selection)
  const branding = { logoUrl: 'https://cdn.test/l.png', primaryColor: '#abcdef' }
  expect(organization).toEqual({ name: 'New name', slug, description: 'd', version: 2, branding })
  expect((await owner.query(read, acme)).organization).toEqual(organization)
})

test('absent fields stay as they are; null clears what may be empty (ORG-5)', async () => {
  const { acme, owner } = await world()
  const organizationId = acme.id
  const set = { description: 'd', logoUrl: 'https://cdn.test/l.png', primaryColor: '#abcdef' }
  const before = (await owner.mutate(update, { organizationId, ...set }, selection)).organization
  const renamed = (await owner.mutate(update, { organizationId, name: 'Only the name' }, selection)).organization
  expect(renamed).toEqual({ ...before, name: 'Only the name', version: 3 })
  const cleared = { description: null, logoUrl: null, primaryColor: null }
  const after = (await owner.mutate(update, { organizationId, ...cleared }, selection)).organization
  expect(after).toEqual({ ...renamed, description: null, branding: { logoUrl: null, primaryColor: null }, version: 4 })
})

test('null for a name or a slug, which cannot be empty, takes neither away (ORG-5)', async () => {
  const { acme, owner } = await world()
  const before = (await owner.query(read, acme)).organization
  await owner.mutate(update, { organizationId: acme.id, name: null, slug: null })
  expect((await owner.query(read, acme)).organization).toEqual(before)
})

test('an empty description counts as none (ORG-5)', async () => {
  const { acme, owner } = await world()
  await owner.mutate(update, { organizationId: acme.id, description: 'd' })
  await owner.mutate(update, { organizationId: acme.id, description: '   ' })
  expect((await owner.query(read, acme)).organization.description).toBeNull()
})

test('the last character of a long description can be changed (ORG-5)', async () => {
  const { acme, owner } = await world()
  const long = 'd'.repeat(255)
  await owner.mutate(update, { organizationId: acme.id, description: `${long}1` })
  await owner.mutate(update, { organizationId: acme.id, description: `${long}2` })
  expect((await owner.query(read, acme)).organization.description).toBe(`${long}2`)
})

test('an update is one audit entry with each changed field, and one event (MGT-3)', async () => {
  const w = await world()
  const { name } = (await w.owner.query(read, w.acme)).organization
  const input = { organizationId: w.acme.id, name: 'Audited', description: 'd', slug: w.acme.slug }
  const { audit, outbox } = await written(w, () => w.owner.mutate(update, input))
  expect(audit).toMatchObject([
    {
      where: uuidOf(w.acme.id),
      action: 'ORGANIZATION_UPDATED',
      target: 'Organization Audited',
      changes: [
        { field: 'name', before: name, after: 'Audited' },
        { field: 'description', before: null, after: 'd' },
      ],
    },
  ])
  const payload = { organizationId: uuidOf(w.acme.id), fields: ['name', 'description'] }
  expect(outbox).toEqual([expect.objectContaining({ type: 'ORGANIZATION_UPDATED', payload })])
})

test('an update that changes nothing writes nothing, and the version stays', async () => {
  const w = await world()
  const before = (await w.owner.query(read, w.acme)).organization
  const { name, slug } = before
  const same = { organizationId: w.acme.id, name: ` ${name} `, slug: slug.toUpperCase(), description: '' }
  const { result, ...journal } = await written(w, () => w.owner.mutate(update, same, selection))
  expect(result.organization).toEqual(before)
  expect(actionsOf(journal)).toEqual(nothing)
})

test('with the version it read, a client does not overwrite what somebody changed meanwhile (ORG-7)', async () => {
  const w = await world()
  const { id: organizationId } = w.acme
  await w.owner.mutate(update, { organizationId, expectedVersion: 1, name: 'Faster' })
  const stale = '... on StaleVersionError { organization { name version } }'
  const { result, ...journal } = await written(w, () =>
    w.owner.mutate(update, { organizationId, expectedVersion: 1, name: 'Slower' }, stale),
  )
  expect(result).toMatchObject({ __typename: 'StaleVersionError', organization: { name: 'Faster', version: 2 } })
  expect(actionsOf(journal)).toEqual(nothing)
  const again = await w.owner.mutate(update, { organizationId, expectedVersion: 2, name: 'Slower' }, selection)
  expect(again.organization).toMatchObject({ name: 'Slower', version: 3 })
})

test('a slug that another organization has, a deleted one too, is SlugTakenError (ORG-1, ORG-6)', async () => {
  const w = await world()
  const [other, deleted] = [await w.organization(w.owner), await w.organization(w.owner)]
  await w.owner.mutate('deleteOrganization', { organizationId: deleted.id })
  const stranger = await w.organization(await w.person())
  for (const { slug } of [other, deleted, stranger]) {
    const input = { organizationId: w.acme.id, slug: slug.toUpperCase() }
    const { result, ...journal } = await written(w, () =>
      w.owner.mutate(update, input, '... on SlugTakenError { suggestion }'),
    )
    expect(result.__typename).toBe('SlugTakenError')
    expect(result.suggestion).toMatch(new RegExp(`^${slug}-\\d+$`))
    expect(actionsOf(journal)).toEqual(nothing)
  }
})

test.each([
  ['name', { name: '' }],
  ['name', { name: 'n'.repeat(129) }],
  ['slug', { slug: 'a' }],
  ['slug', { slug: 'admin' }],
  ['description', { description: 'd'.repeat(257) }],
  ['logoUrl', { logoUrl: 'http://cdn.test' }],
  ['primaryColor', { primaryColor: 'red' }],
])('what createOrganization refuses for %s, updateOrganization does: %j (ORG-1)', async (field, input) => {
  const w = await world()
  const whole = { organizationId: w.acme.id, ...input }
  const { result, ...journal } = await written(w, () => w.owner.mutate(update, whole, issues))
  expect(result).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: ['input', field] }] })
  expect(actionsOf(journal)).toEqual(nothing)
})

test('organization:update is what it takes: a member with that alone may, one with all else may not (ORG-5)', async () => {
  const w = await world()
  const may = await memberWith(w.acme, ['organization:update'])
  const mayNot = await memberWith(w.acme, ['organization:delete', 'member:read', 'role:manage', 'member:add'])
  const input = { organizationId: w.acme.id, name: 'Changed' }
  expect((await may.mutate(update, input)).__typename).toBe('UpdateOrganizationPayload')
  const { result, ...journal } = await written(w, () => refusalOf(mayNot, update, { ...input, name: 'Not' }))
  expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'organization:update' })
  expect(result.message).toContain('organization:update')
  expect(actionsOf(journal)).toEqual(refusedOnly)
  expect(journal.audit[0]).toMatchObject({ where: uuidOf(w.acme.id), target: 'Mutation updateOrganization' })
})

test('a foreign organization answers like one that does not exist, and hears of nothing', async () => {
  const w = await world()
  const foreign = await w.organization(await w.person())
  const { result, ...journal } = await written(w, async () => [
    await refusalOf(w.owner, update, { organizationId: foreign.id, name: 'Mine' }),
    await refusalOf(w.owner, update, { organizationId: missingId('Organization'), name: 'Mine' }),
  ])
  expect(result[0]).toEqual(result[1])
  expect(result[0]?.extensions.code).toBe('NOT_FOUND')
  expect(actionsOf(journal)).toEqual(nothing)
})

test('the id of something else, or of nothing, is BAD_USER_INPUT; without a token it is UNAUTHENTICATED', async () => {
  const { acme, owner, anonymous } = await world()
  for (const organizationId of [await owner.id(), owner.membershipId, 'nonsense', '', uuidOf(acme.id)])
    expect(await owner.refusal(update, { organizationId, name: 'X' })).toBe('BAD_USER_INPUT')
  expect(await anonymous().refusal(update, { organizationId: acme.id, name: 'X' })).toBe('UNAUTHENTICATED')
})
