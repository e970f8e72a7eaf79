import { beforeAll, expect, test } from 'vitest'
import type { Result } from '../../kit/client.ts'
import { world } from '../../kit/world.ts'
import { openParties, type Parties } from './callers.ts'
import { textOf } from './decisions.ts'
import { word } from './own-values.ts'
import { openRows } from './rows.ts'
import { slots } from './slots.ts'

let parties: Parties
beforeAll(async () => {
  parties = await openParties(await world())
})

test('only of a slug it shows that another organization has it', () => {
  const unique = slots().filter(slot => {
    const text = textOf(slot)
    return typeof text === 'object' && 'unique' in text
  })
  expect(unique.map(slot => slot.declared).sort()).toEqual([
    'CreateOrganizationInput.slug',
    'UpdateOrganizationInput.slug',
  ])
})

test('that a slug is taken is all that shows: not by whom, and not whether it is deleted or was given up lately', async () => {
  const { own, foreign, world: here } = parties
  const deleted = await here.organization(await here.person(), { slug: `${word()}-deleted` })
  await here.operator.mutate('deleteOrganization', { organizationId: deleted.id })
  const moved = await here.organization(await here.person())
  await here.operator.mutate('updateOrganization', { organizationId: moved.id, slug: `${word()}-moved` })
  const rows = await openRows(here.databaseUrl)
  for (const slug of [foreign.written.slug, deleted.slug, moved.slug]) {
    const create = () => own.owner.mutate('createOrganization', { name: word(), slug }, shown)
    const update = () => own.owner.mutate('updateOrganization', { organizationId: own.organization.id, slug }, shown)
    for (const attempt of [create, update]) {
      const { result, changed } = await rows.changed(foreign, attempt)
      expect(changed).toEqual([])
      expect(withoutNumber(result)).toEqual({
        __typename: 'SlugTakenError',
        message: `The slug "${slug}" is taken.`,
        suggestion: `${slug}-N`,
      })
    }
  }
  await rows.close()
})

const shown = '... on SlugTakenError { suggestion }'

const withoutNumber = (result: Result) => ({ ...result, suggestion: result.suggestion.replace(/\d+$/, 'N') })
