import type { App } from '../../src/app.ts'

/** A top-level error as a client sees it. */
export interface AnswerError {
  message: string
  path?: (string | number)[]
  extensions: { code: string } & Record<string, unknown>
}
export interface Answer<Data> {
  status: number
  data: Data | null
  errors: AnswerError[]
}
/** A member of a result union: `__typename` tells which. */
// biome-ignore lint/suspicious/noExplicitAny: what a test selected is what it reads
export type Result = { __typename: string } & Record<string, any>
// biome-ignore lint/suspicious/noExplicitAny: what a test selected is what it reads
export type Loose = Record<string, any>

export interface Client {
  /** The whole answer, whatever it is. */
  send<Data = Loose>(query: string, variables?: object): Promise<Answer<Data>>
  /** The data of an operation that must go through. */
  query<Data = Loose>(query: string, variables?: object): Promise<Data>
  /** The member of the result union of one mutation, with `__typename`, `message` of errors and what `selection` names. */
  mutate(name: string, input: object, selection?: string): Promise<Result>
  /** The code of the top-level error that a mutation must be refused with. */
  refusal(name: string, input: object): Promise<string>
}

export function createClient(app: Pick<App, 'fetch'>, token: string | null): Client {
  async function send<Data>(query: string, variables: object = {}): Promise<Answer<Data>> {
    const response = await app.fetch(
      new Request('http://tenantry.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query, variables }),
      }),
    )
    const body = (await response.json()) as { data?: Data | null; errors?: AnswerError[] }
    return { status: response.status, data: body.data ?? null, errors: body.errors ?? [] }
  }
  async function query<Data>(text: string, variables: object = {}): Promise<Data> {
    const answer = await send<Data>(text, variables)
    if (answer.errors.length > 0 || answer.data === null) throw unexpected(text, variables, answer)
    return answer.data
  }
  return {
    send,
    query,
    async mutate(name, input, selection = '') {
      const data = await query<Record<string, Result>>(documentOf(name, selection), { input })
      const result = data[name]
      if (result === undefined) throw unexpected(name, input, data)
      return result
    },
    async refusal(name, input) {
      const answer = await send(documentOf(name, ''), { input })
      const [error] = answer.errors
      if (error === undefined) throw unexpected(name, input, answer)
      return error.extensions.code
    },
  }
}

function documentOf(name: string, selection: string): string {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
  return `mutation($input: ${type}) { ${name}(input: $input) { __typename ... on UserError { message } ${selection} } }`
}

function unexpected(operation: string, variables: object, answer: unknown): Error {
  const shown = [operation, JSON.stringify(variables, null, 2), JSON.stringify(answer, null, 2)]
  return new Error(`Unexpected answer\n${shown.join('\n')}`)
}
