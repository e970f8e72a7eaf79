import { expect, test } from 'vitest'
import { written } from '../kit/journal.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const issues = '... on InvalidInputError { issues { path message } }'
const unique = () => `u-${crypto.randomUUID().slice(0, 18)}`

const wrong: [what: string, field: string, input: object][] = [
  ['an empty name', 'name', { name: '' }],
  ['a name of spaces', 'name', { name: ' \t\n ' }],
  ['a name of 129 characters', 'name', { name: 'n'.repeat(129) }],
  ['a name with a line break', 'name', { name: 'two\nlines' }],
  ['a name with the character U+0000', 'name', { name: 'a\u0000b' }],
  ['a name that turns the direction of writing', 'name', { name: 'a\u202eb' }],
  ['a slug of 2 characters', 'slug', { slug: 'ab' }],
  ['a slug of 64 characters', 'slug', { slug: 'a'.repeat(64) }],
  ['a slug with a leading hyphen', 'slug', { slug: '-acme' }],
  ['a slug with a trailing hyphen', 'slug', { slug: 'acme-' }],
  ['a slug with a double hyphen', 'slug', { slug: 'ac--me' }],
  ['a slug with an underscore', 'slug', { slug: 'ac_me' }],
  ['a slug with a dot', 'slug', { slug: 'acme.test' }],
  ['a slug with a space', 'slug', { slug: 'ac me' }],
  ['a slug with a letter beyond ASCII', 'slug', { slug: 'akmé' }],
  ['a slug with a Cyrillic look-alike', 'slug', { slug: 'аcme' }],
  ['a reserved slug', 'slug', { slug: 'admin' }],
  ['a reserved slug in capitals', 'slug', { slug: 'GraphQL' }],
  ['an empty slug', 'slug', { slug: '' }],
  ['a description of 257 characters', 'description', { description: 'd'.repeat(257) }],
  ['a description with the character U+0000', 'description', { description: 'a\u0000b' }],
  ['a logo by http', 'logoUrl', { logoUrl: 'http://cdn.test/logo.svg' }],
  ['a logo that is a script', 'logoUrl', { logoUrl: 'javascript:alert(1)' }],
  ['a logo that is data', 'logoUrl', { logoUrl: 'data:image/svg+xml,<svg/>' }],
  ['a logo without a scheme', 'logoUrl', { logoUrl: '//cdn.test/logo.svg' }],
  ['a logo address of 2049 characters', 'logoUrl', { logoUrl: `https://cdn.test/${'a'.repeat(2032)}` }],
  ['a logo address with the character U+0000', 'logoUrl', { logoUrl: 'https://cdn.test/\u0000' }],
  ['a color by name', 'primaryColor', { primaryColor: 'red' }],
  ['a color of three digits', 'primaryColor', { primaryColor: '#abc' }],
  ['a color with more behind it', 'primaryColor', { primaryColor: '#a1b2c3;background:url(//x)' }],
]

test.each(wrong)('%s is refused, naming %s, and makes nothing (ORG-1)', async (_what, field, input) => {
  const w = await world()
  const founder = await w.person()
  await founder.id()
  const whole = { name: 'Fine', slug: unique(), ...input }
  const { result, ...journal } = await written(w, () => founder.mutate('createOrganization', whole, issues))
  expect(result.__typename).toBe('InvalidInputError')
  expect(result.issues.map((issue: { path: string[] }) => issue.path)).toContainEqual(['input', field])
  expect((await founder.query('{ viewer { memberships { totalCount } } }')).viewer.memberships.totalCount).toBe(0)
  expect(actionsOf(journal)).toEqual(nothing)
})

test('everything wrong with an input is told at once', async () => {
  const { owner } = await world()
  const input = { name: '', slug: 'a', description: 'd'.repeat(257), logoUrl: 'x', primaryColor: 'red' }
  const result = await owner.mutate('createOrganization', input, issues)
  const fields = result.issues.map((issue: { path: string[] }) => issue.path.at(-1))
  expect(new Set(fields)).toEqual(new Set(['name', 'slug', 'description', 'logoUrl', 'primaryColor']))
})

test('the longest and shortest that are allowed are taken (ORG-1)', async () => {
  const { person } = await world()
  const founder = await person()
  const long = `${unique()}-${'a'.repeat(63)}`.slice(0, 63)
  const selection = '... on CreateOrganizationPayload { organization { name slug description } }'
  const input = { name: 'n'.repeat(128), slug: long, description: 'd'.repeat(256) }
  expect((await founder.mutate('createOrganization', input, selection)).organization).toEqual(input)
  const short = await founder.mutate('createOrganization', { name: 'n', slug: unique().slice(2, 5) }, selection)
  expect(['CreateOrganizationPayload', 'SlugTakenError']).toContain(short.__typename)
})

test('a slug is kept in lower case and trimmed (ORG-1)', async () => {
  const { person } = await world()
  const slug = unique()
  const result = await (await person()).mutate(
    'createOrganization',
    { name: 'Capitals', slug: `  ${slug.toUpperCase()} ` },
    '... on CreateOrganizationPayload { organization { slug } }',
  )
  expect(result.organization.slug).toBe(slug)
})

test('a taken slug is refused with a free one suggested (ORG-1)', async () => {
  const w = await world()
  const founder = await w.person()
  const input = { name: 'Other', slug: w.acme.slug.toUpperCase() }
  const result = await founder.mutate('createOrganization', input, '... on SlugTakenError { suggestion }')
  expect(result.__typename).toBe('SlugTakenError')
  const next = await founder.mutate('createOrganization', { name: 'Other', slug: result.suggestion })
  expect(next.__typename).toBe('CreateOrganizationPayload')
})

test.each([
  ['Ünïcödé & Sons', /^unicode-sons(-\d+)?$/],
  ['--- ???', /^organization-\d+$/],
  ['株式会社', /^organization-\d+$/],
  ['🙂', /^organization-\d+$/],
  ['Admin', /^admin-\d+$/],
  ['AB', /^ab-\d+$/],
  [`${'long '.repeat(25)}`, /^long(-long)+(-\d+)?$/],
])('the name %j makes a valid slug when none is given (ORG-1)', async (name, slug) => {
  const { person } = await world()
  const selection = '... on CreateOrganizationPayload { organization { slug } }'
  const result = await (await person()).mutate('createOrganization', { name }, selection)
  expect(result.organization.slug).toMatch(slug)
  expect(result.organization.slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  expect(result.organization.slug.length).toBeLessThanOrEqual(63)
})

test('names are not unique: the slug made from a name gives way (ORG-1)', async () => {
  const { person } = await world()
  const founder = await person()
  const selection = '... on CreateOrganizationPayload { organization { name slug } }'
  const name = `Twin ${crypto.randomUUID()}`
  const one = await founder.mutate('createOrganization', { name }, selection)
  const two = await founder.mutate('createOrganization', { name }, selection)
  expect(two.organization.name).toBe(one.organization.name)
  expect(two.organization.slug).not.toBe(one.organization.slug)
})

test('markup and quotes in a name are text, there and back', async () => {
  const w = await world()
  const name = `<script>'"; drop table organization; -- \${x} %s`
  const selection = '... on CreateOrganizationPayload { organization { name } }'
  const result = await (await w.person()).mutate('createOrganization', { name }, selection)
  expect(result.organization.name).toBe(name)
})

test.each([
  ['no input at all', {}],
  ['an unknown field', { input: { name: 'Fine', isAdmin: true } }],
  ['a number for a name', { input: { name: 1 } }],
  ['null for a name', { input: { name: null } }],
  ['a list for custom data', { input: { name: 'Fine', customData: [] } }],
  ['text for custom data', { input: { name: 'Fine', customData: '{}' } }],
  ['an id of an organization for the owner', { input: { name: 'Fine', ownerId: 'T3JnYW5pemF0aW9uOng' } }],
])('%s is BAD_USER_INPUT', async (_what, variables) => {
  const { owner } = await world()
  const answer = await owner.send(
    'mutation($input: CreateOrganizationInput!) { createOrganization(input: $input) { __typename } }',
    variables,
  )
  expect(answer.errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
})
