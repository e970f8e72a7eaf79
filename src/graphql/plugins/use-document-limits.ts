import { type DocumentNode, GraphQLError, parse, visit } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { RequestError } from '../../errors.ts'

interface DocumentLimits {
  readonly tokens: number
  /** Fields under another name: the same field many times over, mostly. */
  readonly aliases: number
}

/** Refuses documents with more of something than any sensible one has, before they cost more than reading them. */
export function useDocumentLimits(most: DocumentLimits): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => {
        const document = parseWithin(most.tokens, source, options)
        if (aliasesIn(document) > most.aliases) throw tooMuch(`${most.aliases} aliases`)
        return document
      })
    },
  }
}

function parseWithin(maxTokens: number, ...[source, options]: Parameters<typeof parse>): DocumentNode {
  try {
    return parse(source, { ...options, maxTokens })
  } catch (error) {
    const isTooLong = error instanceof GraphQLError && error.message.includes(`more than ${maxTokens} tokens`)
    throw isTooLong ? tooMuch(`${maxTokens} tokens`) : error
  }
}

function aliasesIn(document: DocumentNode): number {
  let aliases = 0
  visit(document, {
    Field: ({ alias }) => {
      if (alias !== undefined) aliases += 1
    },
  })
  return aliases
}

function tooMuch(limit: string): RequestError {
  return new RequestError('QUERY_TOO_COMPLEX', `The document has more than ${limit}. Ask for less at once.`)
}
