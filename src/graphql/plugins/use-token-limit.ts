import { GraphQLError, parse } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { RequestError } from '../../errors.ts'

/** Refuses documents of more tokens than any sensible query has, before they cost more than reading them. */
export function useTokenLimit(maxTokens: number): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => {
        try {
          return parse(source, { ...options, maxTokens })
        } catch (error) {
          const isTooLong = error instanceof GraphQLError && error.message.includes(`more than ${maxTokens} tokens`)
          if (!isTooLong) throw error
          throw new RequestError(
            'QUERY_TOO_COMPLEX',
            `The document has more than ${maxTokens} tokens. Ask for less at once.`,
          )
        }
      })
    },
  }
}
