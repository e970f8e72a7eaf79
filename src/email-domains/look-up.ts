import type { Resolver } from 'node:dns/promises'

/** The texts of the TXT records of a name, each whole; null when nobody answered. */
export type LookUpTxt = (name: string) => Promise<readonly string[] | null>

/** How long one server has to answer, and how often it is asked. */
export const patience = { timeout: 2000, tries: 2 }

/** How many records are read: a name has no use for more. */
const MOST_RECORDS = 100

// The DNS answered, and the answer is that there is nothing (RFC 2308).
const nothing = new Set(['ENODATA', 'ENOTFOUND'])

/** Looks TXT records up. An answer that there are none is one; silence, a refusal and a broken answer are not. */
export function lookUpBy(resolver: Pick<Resolver, 'resolveTxt'>): LookUpTxt {
  return async name => {
    try {
      const records = await resolver.resolveTxt(name)
      // A record of more than 255 bytes comes in parts that belong together (RFC 7208, section 3.3).
      return records.slice(0, MOST_RECORDS).map(parts => parts.join(''))
    } catch (error) {
      return error instanceof Error && 'code' in error && nothing.has(String(error.code)) ? [] : null
    }
  }
}
