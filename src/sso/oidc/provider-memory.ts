import type { ServerMetadata } from 'openid-client'

/** For how long what a provider says of itself counts, and its keys: what it changes counts after that. */
const GOOD_MILLISECONDS = 3 * 60_000
/** However many tokens name an unknown key, the keys of a connector are read anew once in this time. */
const REREAD_MILLISECONDS = 10_000
/** Of how many connectors is remembered; of more, those that were read last. */
const MOST = 500

type Jwks = object
interface Kept {
  readonly metadata: Promise<ServerMetadata>
  readonly at: number
  keys: { readonly jwks: Jwks; readonly at: number } | null
}

/** What is known of the provider of one connector, with the settings that it has. */
export interface KnownProvider {
  /** What the provider says of itself: as it was read lately, or is being read, or as `read` reads it now. */
  metadata(read: () => Promise<ServerMetadata>): Promise<ServerMetadata>
  /** Its keys as they were read lately; null where they have to be read. */
  keys(): { readonly jwks: Jwks; readonly isRereadable: boolean } | null
  /** Keeps the keys that were just read. */
  keepKeys(jwks: Jwks): void
}

/** What was read of providers lately, in this process: nobody's sign-ins ask a provider more than every few minutes. */
export interface ProviderMemory {
  /** Settings that were changed are another provider: the revision goes up with them. */
  of(connector: { readonly id: string; readonly revision: number }): KnownProvider
}

export function createProviderMemory(clock: () => Date): ProviderMemory {
  const kept = new Map<string, Kept>()
  const now = () => clock().getTime()
  // A clock that was set back makes nothing last longer.
  const isWithin = (at: number, milliseconds: number) => Math.abs(now() - at) < milliseconds

  function keep(key: string, metadata: Promise<ServerMetadata>): Promise<ServerMetadata> {
    const entry: Kept = { metadata, at: now(), keys: kept.get(key)?.keys ?? null }
    kept.delete(key)
    kept.set(key, entry)
    const [oldest] = kept.keys()
    if (kept.size > MOST && oldest !== undefined) kept.delete(oldest)
    // What failed is tried again by whoever comes next.
    metadata.catch(() => {
      if (kept.get(key) === entry) kept.delete(key)
    })
    return metadata
  }

  return {
    of({ id, revision }) {
      const key = `${id} ${revision}`
      return {
        metadata(read) {
          const known = kept.get(key)
          return known !== undefined && isWithin(known.at, GOOD_MILLISECONDS) ? known.metadata : keep(key, read())
        },
        keys() {
          const keys = kept.get(key)?.keys ?? null
          if (keys === null || !isWithin(keys.at, GOOD_MILLISECONDS)) return null
          return { jwks: keys.jwks, isRereadable: !isWithin(keys.at, REREAD_MILLISECONDS) }
        },
        keepKeys(jwks) {
          const entry = kept.get(key)
          if (entry !== undefined) entry.keys = { jwks, at: now() }
        },
      }
    },
  }
}
