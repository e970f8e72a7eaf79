import type { MikroORM } from '@mikro-orm/postgresql'
import { initContextCache } from '@pothos/core'
import type { Pool } from 'pg'
import type { Caller } from './auth/actor.ts'
import type { DeriveKey } from './auth/issuer/secret.ts'
import type { Config } from './config.ts'
import type { ReadConnections } from './db/read-connections.ts'
import { type Observer, openReadSession } from './db/session.ts'
import type { TemplateMemory } from './db/template-memory.ts'
import type { LookUpTxt } from './email-domains/look-up.ts'
import type { BegunAhead } from './graphql/read-ahead.ts'
import { type Ask, createLoaders, type Loaders } from './load.ts'
import type { Mailer } from './mail/mailer.ts'
import type { SlugMemory } from './organizations/slug-memory.ts'
import type { FetchOutside } from './sso/fetch/fetch-outside.ts'
import type { ProviderMemory } from './sso/oidc/provider-memory.ts'

/** What lives as long as the process. */
export interface Services {
  readonly config: Config
  readonly orm: MikroORM
  readonly pool: Pool
  readonly reads: ReadConnections
  readonly memory: TemplateMemory
  readonly slugs: SlugMemory
  readonly clock: () => Date
  readonly observe?: Observer | undefined
  readonly mailer: Mailer
  readonly lookUpTxt: LookUpTxt
  /** Every request to an address that a tenant gave (SSO-7). */
  readonly fetchOutside: FetchOutside
  /** What providers of OpenID Connect said of themselves lately. */
  readonly providers: ProviderMemory
  /** The keys of the built-in issuer's secret; null where it is off. */
  readonly derive: DeriveKey | null
}

/** What a resolver gets: who asks, the batched reads, and the time of the request. */
export interface Context extends Ask {
  load: Loaders
  readonly services: Services
  readonly ipAddress: string | null
  /** What was begun of fields whose parent was not there yet (read-ahead.ts). */
  readonly begunAhead: BegunAhead
  /** How many items the lists of the answer have so far (limit-items.ts). */
  readonly handedOut: { items: number }
  /** Whether the query runs compiled at this moment (use-compiled.ts). */
  isCompiled?: boolean
  /**
   * Ends what was read so far: the connection goes back, and later reads go through fresh loaders and fresh permission
   * checks, and see what was written meanwhile.
   */
  renew(): Promise<void>
  /**
   * Whether the reads were made as who the caller is, which is assumed while they are. If not, everything starts anew as
   * who they are, and whatever was answered is to be thrown away.
   * @throws RequestError UNAUTHENTICATED when their account is gone
   */
  confirm(): Promise<boolean>
  /** Ends what was read; nothing is read after it. */
  close(): Promise<void>
}

export async function createContext(
  services: Services,
  caller: Caller | null,
  ipAddress: string | null,
): Promise<Context> {
  const { config, reads, memory, observe, clock } = services
  const session = openReadSession(reads, caller, {
    ...{ prepare: config.preparedStatements, timeouts: config.databaseTimeouts, memory, observe },
  })
  const asker = { actor: await session.actor('ASSUMING'), config, now: clock() }
  return {
    // Pothos keeps its caches of permissions and nodes under this symbol; a new one forgets them.
    ...initContextCache(),
    ...asker,
    services,
    ipAddress,
    begunAhead: new Map(),
    handedOut: { items: 0 },
    load: createLoaders(session, asker),
    close: () => session.close(),
    // The server copies these properties into a context of its own, and that is the one to renew.
    async renew(this: Context) {
      await session.end()
      Object.assign(this, initContextCache())
      this.begunAhead.clear()
      this.load = createLoaders(session, this)
    },
    async confirm(this: Context) {
      if (await session.isAsAssumed()) return true
      await session.end()
      Object.assign(this, { actor: await session.actor() })
      await this.renew()
      this.handedOut.items = 0
      return false
    },
  }
}
