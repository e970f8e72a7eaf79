import { describe, expect, test } from 'vitest'
import { world } from '../kit/world.ts'
import { post } from './requests.ts'

const repeat = (count: number, of: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => of(index)).join(' ')

/** `viewer` with so many levels below it: organizations, their members, their organizations… */
function nested(depth: number): string {
  const names = ['memberships', 'nodes', 'organization', 'members', 'nodes', 'principal']
  const path = Array.from({ length: depth - 2 }, (_, index) => names[index % names.length])
  const pages = path.map(name => (name === 'memberships' || name === 'members' ? `${name}(first: 1)` : name))
  return `{ viewer { ${pages.map(name => `${name} {`).join(' ')} __typename ${'}'.repeat(path.length)} } }`
}

async function only(query: string): Promise<{ code: string; message: string; data: unknown }> {
  const { app, owner } = await world()
  const { errors, text } = await post(app, query, { token: owner.token })
  const [error, ...others] = errors
  if (error === undefined || others.length > 0) throw new Error(`Not one error: ${text}`)
  return { code: error.extensions.code, message: error.message, data: JSON.parse(text).data }
}

async function goesThrough(query: string): Promise<void> {
  const { app, owner } = await world()
  const { errors } = await post(app, query, { token: owner.token })
  expect(errors).toEqual([])
}

describe('a document', () => {
  test('of more than 4000 tokens is not even read', async () => {
    const { code, message, data } = await only(`{ ${repeat(3999, () => '__typename')} }`)
    expect({ code, data }).toEqual({ code: 'QUERY_TOO_COMPLEX', data: undefined })
    expect(message).toBe('The document has more than 4000 tokens. Ask for less at once.')
  })

  test('of 4000 tokens is, though not gone through field by field', async () => {
    const { code, message } = await only(`{ ${repeat(3998, () => '__typename')} }`)
    expect({ code, message }).toEqual({ code: 'BAD_USER_INPUT', message: 'Validation aborted.' })
  })

  test('with more than 200 aliases is too complex, one of 200 is not', async () => {
    const aliases = (count: number) => `{ viewer { ${repeat(count, index => `a${index}: __typename`)} } }`
    await goesThrough(aliases(200))
    expect(await only(aliases(201))).toMatchObject({
      code: 'QUERY_TOO_COMPLEX',
      message: 'The document has more than 200 aliases. Ask for less at once.',
    })
    const spread = `{ viewer { ...A ...B } } ${['A', 'B'].map(name => `fragment ${name} on Viewer { ${repeat(101, index => `${name}${index}: __typename`)} }`).join(' ')}`
    expect(await only(spread)).toMatchObject({ code: 'QUERY_TOO_COMPLEX', message: expect.stringContaining('aliases') })
  })

  test('deeper than 15 levels is too complex, one of 15 is not', async () => {
    await goesThrough(nested(15))
    expect(await only(nested(16))).toMatchObject({
      code: 'QUERY_TOO_COMPLEX',
      message: 'The depth of this query is 16; the limit is 15. Ask for less at once.',
      data: { viewer: null },
    })
  })

  test('is as deep as its fragments make it', async () => {
    const levels = repeat(
      8,
      index =>
        `fragment F${index} on Organization { members(first: 1) { nodes { organization { ...F${index + 1} } } } }`,
    )
    const query = `query($slug: String = "none") { organization(by: { slug: $slug }) { ...F0 } } ${levels} fragment F8 on Organization { id }`
    expect(await only(query)).toMatchObject({ code: 'QUERY_TOO_COMPLEX', message: expect.stringContaining('depth') })
  })

  test('with more than 1600 fields is too broad', async () => {
    // Some at each of many places: one place alone with as many is refused by the validation already.
    const some = `principal { ${repeat(12, () => '__typename')} }`
    const many = repeat(123, index => `a${index}: ${some}`)
    await goesThrough(`{ viewer { ${many} } }`)
    expect(await only(`{ viewer { __typename ${many} } }`)).toMatchObject({
      code: 'QUERY_TOO_COMPLEX',
      message: 'The breadth of this query is 1601; the limit is 1600. Ask for less at once.',
    })
  })

  // To go through all of them would take longer than there is time.
  test('cannot multiply itself by fragments of fragments', async () => {
    const doubling = repeat(60, index => `fragment F${index} on Viewer { ...F${index + 1} ...F${index + 1} }`)
    const { code } = await only(`{ viewer { ...F0 } } ${doubling} fragment F60 on Viewer { __typename }`)
    expect(code).toBe('QUERY_TOO_COMPLEX')
  })

  test('cannot run in circles by its fragments', async () => {
    const { code, message } = await only(
      '{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }',
    )
    expect({ code, message }).toEqual({
      code: 'BAD_USER_INPUT',
      message: 'Cannot spread fragment "A" within itself via "B".',
    })
  })

  test('that repeats one field hundreds of times is refused, and not compared with itself pair by pair', async () => {
    const { code, message } = await only(`{ ${repeat(900, () => 'viewer { __typename }')} }`)
    expect({ code, message }).toEqual({ code: 'BAD_USER_INPUT', message: 'Validation aborted.' })
  })

  test('whose pages multiply to more than 200,000 is too complex, by the size that is asked for', async () => {
    const pages = (first: number) =>
      `{ viewer { memberships(first: ${first}) { nodes { organization { members(first: ${first}) { nodes {
        principal { memberships(first: ${first}) { nodes { id } } } } } } } } } }`
    await goesThrough(pages(20))
    expect(await only(pages(100))).toMatchObject({
      code: 'QUERY_TOO_COMPLEX',
      message: expect.stringContaining('complexity'),
    })
  })

  test('counts the size of a page that a variable gives', async () => {
    const { app, owner } = await world()
    const query = `query($first: Int!) { viewer { memberships(first: $first) { nodes { organization { members(first: $first) {
      nodes { principal { memberships(first: $first) { nodes { id } } } } } } } } } }`
    const { errors } = await post(app, query, { token: owner.token, variables: { first: 100 } })
    expect(errors.map(error => error.extensions.code)).toEqual(['QUERY_TOO_COMPLEX'])
  })

  test('that is too complex changes nothing', async () => {
    const { app, owner } = await world()
    const organization = `organization { ${repeat(9, () => 'id')} }`
    const fields = `... on CreateOrganizationPayload { ${repeat(180, index => `a${index}: ${organization}`)} }`
    const query = `mutation { createOrganization(input: { name: "Too much" }) { __typename ${fields} } }`
    const { errors } = await post(app, query, { token: owner.token })
    expect(errors.map(error => error.extensions.code)).toEqual(['QUERY_TOO_COMPLEX'])
    const { viewer } = await owner.query('{ viewer { memberships { totalCount } } }')
    expect(viewer.memberships.totalCount).toBe(1)
  })
})

test('nobody has to sign in to be refused', async () => {
  const { app } = await world()
  const { errors } = await post(app, nested(16))
  expect(errors.map(error => error.extensions.code)).toEqual(['QUERY_TOO_COMPLEX'])
})

test('the depth of introspection is limited, too', async () => {
  const deep = '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }'
  expect(await only(deep)).toMatchObject({ code: 'BAD_USER_INPUT', message: 'Maximum introspection depth exceeded' })
})
