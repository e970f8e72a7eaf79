import { parse } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/** Refuses documents of more tokens than any sensible query has, before they cost more than reading them. */
export function useTokenLimit(maxTokens: number): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => parse(source, { ...options, maxTokens }))
    },
  }
}
