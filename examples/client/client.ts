import type { TypedDocumentString } from './generated/graphql.ts'

/** Runs documents: what comes back has the type of what was asked. */
export interface Client {
  /** @throws RequestFailed */
  run<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    ...variables: Variables extends Record<string, never> ? [] : [Variables]
  ): Promise<Data>
}

export interface ClientOptions {
  url: string
  /** Asked before every request, so that it can hand out a fresh token when the old one has run out. */
  token(): string | Promise<string>
}

/** The request as such failed: `code` is that of the error, NETWORK when nothing answered, NO_GRAPHQL when no gateway did. */
export class RequestFailed extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

interface Answer<Data> {
  data?: Data | null
  errors?: { message: string; extensions?: { code?: string } }[]
}

export function createClient({ url, token }: ClientOptions): Client {
  return {
    async run(document, ...[variables]) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${await token()}` }
      const body = JSON.stringify({ query: document.toString(), variables })
      const response = await fetch(url, { method: 'POST', headers, body }).catch(cause => {
        throw new RequestFailed('NETWORK', `${url} does not answer (${cause.cause?.code ?? cause.message}).`)
      })
      return dataOf(response)
    },
  }
}

async function dataOf<Data>(response: Response): Promise<Data> {
  const answer: Answer<Data> | null = await response.json().catch(() => null)
  const [error] = answer?.errors ?? []
  if (error !== undefined) throw new RequestFailed(error.extensions?.code ?? 'INTERNAL', error.message)
  if (answer?.data === undefined || answer.data === null)
    throw new RequestFailed(
      'NO_GRAPHQL',
      `${response.url} answered ${response.status}, and not as a GraphQL server does.`,
    )
  return answer.data
}
