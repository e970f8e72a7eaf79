import type { Client } from './client.ts'

/** What came of a mutation, in a word: the member of its result union, or the code of the top-level error. */
export async function outcomeOf(client: Client, name: string, input: object): Promise<string> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
  const { data, errors } = await client.send(`mutation($input: ${type}) { ${name}(input: $input) { __typename } }`, {
    input,
  })
  return errors[0]?.extensions.code ?? data?.[name]?.__typename
}
