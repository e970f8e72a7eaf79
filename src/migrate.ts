import type { MikroORM } from '@mikro-orm/postgresql'
import { CompiledQuery } from 'kysely'
import type { Run } from './auth/issuer/signing-keys.ts'
import { openMigrator } from './db/migrator.ts'
import { StartError } from './errors.ts'
import { syncCatalogue } from './roles/catalogue.ts'

/**
 * Brings the database to this version's schema, then the permission catalogue and the default template into it.
 * Replicas that start together wait for one another.
 * @param prepare what else only the owner of the tables may do
 * @throws StartError when the database user may not do what is needed
 */
export async function migrate(
  url: string,
  say: (line: string) => void = () => {},
  clock: () => Date = () => new Date(), // the clock of whoever has no other
  prepare: (run: Run) => Promise<void> = async () => {},
): Promise<void> {
  const orm = await openMigrator(url)
  try {
    // A lock of the session, not of a transaction: each migration has a transaction of its own.
    await orm.em.fork().execute('select pg_advisory_lock(7263019)')
    const pending = await orm.migrator.getPending()
    if (pending.length > 0) say(`Applying ${pending.length} migration${pending.length === 1 ? '' : 's'}…`)
    await orm.migrator.up().catch(explain)
    await syncCatalogue(orm.em.fork(), clock())
    await prepare(asOwner(orm))
  } finally {
    await orm.close(true)
  }
}

/** Runs statements with `$n` values as the owner of the tables. */
export function asOwner(orm: MikroORM): Run {
  return async <Row>(sql: string, values: readonly unknown[]) => {
    const { rows } = await orm.em
      .fork()
      .getKysely<object>()
      .executeQuery(CompiledQuery.raw(sql, [...values]))
    return rows as Row[]
  }
}

const insufficientPrivilege = '42501'

function explain(error: unknown): never {
  if (!(error instanceof Error) || !('code' in error) || error.code !== insufficientPrivilege) throw error
  throw new StartError(
    `The database user may not do what the migrations need (${error.message.split('\n').at(-1)}): have an administrator run "create role tenantry_app nologin; grant tenantry_app to <user>; grant create on schema public to <user>"`,
  )
}
