import { type DocumentNode, parse } from 'graphql'
import type { Caller } from '../../../auth/actor.ts'
import type { Services } from '../../../context.ts'
import { RequestError } from '../../../errors.ts'
import { runAs } from '../../../graphql/run.ts'
import type { Problem } from '../pages/setup-parts.ts'

/** A document of one mutation that a setup link may run, of all there are. */
function mutation(name: string, more = ''): DocumentNode {
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  return parse(`mutation Setup($input: ${input}!) { answer: ${name}(input: $input) {
    __typename ... on UserError { message } ... on InvalidInputError { issues { path message } } ${more}
  } }`)
}

/** Everything that can be done through a setup link (SSO-9). */
export const changes = {
  claim: mutation('addEmailDomain'),
  check: mutation('verifyEmailDomain'),
  connect: mutation('createSsoConnector'),
  update: mutation('updateSsoConnector'),
  test: mutation('startSsoConnectorTest', '... on StartSsoConnectorTestPayload { url }'),
} as const

interface Answer {
  readonly __typename: string
  readonly message?: string
  readonly issues?: readonly { readonly path: readonly string[]; readonly message: string }[]
  readonly url?: string
}
export type Changed =
  | { readonly isDone: true; readonly url: string | null }
  | { readonly isDone: false; readonly problems: readonly Problem[] }

/** Runs one of them as the maker of the link. What it was refused with is for the page to tell. */
export async function change(
  services: Services,
  by: { readonly caller: Caller; readonly ipAddress: string | null },
  document: DocumentNode,
  input: object,
): Promise<Changed> {
  try {
    const { answer } = (await runAs(services, { ...by, document, variables: { input } })) as { answer: Answer }
    if (answer.message === undefined) return { isDone: true, url: answer.url ?? null }
    const { issues } = answer
    return { isDone: false, problems: issues?.map(problemOf) ?? [{ field: null, message: answer.message }] }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return { isDone: false, problems: [{ field: null, message: error.message }] }
  }
}

/** The fields of our forms, by the last part of the path that the API tells. */
const fields: Readonly<Record<string, string>> = {
  ...{ domain: 'domain', name: 'name', issuer: 'issuer', clientId: 'clientId', clientSecret: 'clientSecret' },
  ...{ url: 'metadataUrl', xml: 'metadataXml', emailDomainIds: 'emailDomainIds' },
}

function problemOf({ path, message }: { readonly path: readonly string[]; readonly message: string }): Problem {
  return { field: fields[path.at(-1) ?? ''] ?? null, message }
}
