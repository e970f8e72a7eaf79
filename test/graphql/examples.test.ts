import { parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { idsQuery } from '../../src/graphql/example-ids.ts'
import { examples, ownExample } from '../../src/graphql/examples.ts'
import { schema } from '../../src/graphql/schema.ts'

test.each(
  [...examples, ownExample, { query: idsQuery }].map(({ query }) => [
    /\w+ (\w+)/.exec(withoutComments(query))?.[1],
    query,
  ]),
)('the example %s of GraphiQL fits the schema', (_, query = '') => {
  expect(validate(schema, parse(query))).toEqual([])
})

test('the lines that explain an example can be read without scrolling', () => {
  const comments = [...examples, ownExample].flatMap(({ query }) => query.match(/^ *#.*$/gm) ?? [])
  expect(comments.filter(line => line.length > 58)).toEqual([])
})

function withoutComments(query: string): string {
  return query.replace(/^ *#.*$/gm, '')
}
