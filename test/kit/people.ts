import { randomUUID } from 'node:crypto'
import type { AnswerError, Client } from './client.ts'
import type { Person, World } from './world.ts'

/** A new person with this name: `ada.lovelace` is shown as Ada Lovelace. */
export function named(world: Pick<World, 'person'>, local: string): Promise<Person> {
  return world.person(`${local}+${randomUUID()}@people.test`)
}

/** The top-level error that a mutation is refused with, whole: what tells two refusals apart, if anything does. */
export async function refusalOf(client: Client, name: string, input: object): Promise<AnswerError> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
  const answer = await client.send(`mutation($input: ${type}) { ${name}(input: $input) { __typename } }`, { input })
  const [error, ...others] = answer.errors
  if (error === undefined || others.length > 0 || answer.data !== null)
    throw new Error(`${name} was not refused: ${JSON.stringify(answer)}`)
  return error
}
