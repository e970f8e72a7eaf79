import { expect, test } from 'vitest'
import { world } from '../kit/world.ts'

const payload =
  '... on CreateOrganizationPayload { organization { name slug viewerIsOwner } membership { isOwner origin roles { name } } }'

test('whoever creates an organization becomes its owner in the same transaction (ORG-3)', async () => {
  const { person } = await world()
  const founder = await person()
  const result = await founder.mutate(
    'createOrganization',
    { name: '  Initech GmbH  ', slug: `initech-${Date.now()}` },
    payload,
  )
  expect(result.organization).toMatchObject({ name: 'Initech GmbH', viewerIsOwner: true })
  expect(result.membership).toEqual({ isOwner: true, origin: 'CREATION', roles: [{ name: 'Owner' }] })
})

test('a taken slug is refused with a free one suggested (ORG-1)', async () => {
  const { acme, person } = await world()
  const founder = await person()
  const result = await founder.mutate(
    'createOrganization',
    { name: 'Other', slug: acme.slug.toUpperCase() },
    '... on SlugTakenError { suggestion }',
  )
  expect(result.__typename).toBe('SlugTakenError')
  expect(result.suggestion).toContain(acme.slug)
})

test('without a token nobody creates an organization', async () => {
  const { anonymous } = await world()
  expect(await anonymous().refusal('createOrganization', { name: 'Nobody' })).toBe('UNAUTHENTICATED')
})
