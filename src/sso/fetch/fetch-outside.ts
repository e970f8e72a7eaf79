/** Asks an address that a tenant gave (SSO-7). */
export type FetchOutside = (url: string, init?: RequestInit) => Promise<Response>

interface Options {
  /** How long the whole answer may take. */
  readonly milliseconds?: number
}

/** Over https alone, without following redirects, and within a time. */
export function createFetchOutside({ milliseconds = 10_000 }: Options = {}): FetchOutside {
  return async (url, init) => {
    if (URL.parse(url)?.protocol !== 'https:') throw new Error('only https is asked')
    return fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(milliseconds) })
  }
}
