import type { Pool, PoolClient } from 'pg'
import { openOrm } from '../../../src/db/orm.ts'
import { withClient } from '../../kit/server.ts'

/** Who looks, and where they were found to be allowed to write, as a transaction tells row-level security. */
export interface Settings {
  readonly viewer?: string
  readonly viewer_email?: string
  readonly management?: string
  readonly acting?: string
  /** The one organization that their token is for. */
  readonly boundTo?: string
}

export interface Wall {
  /** Runs as the role that serves requests, in a transaction that is rolled back. */
  as<T>(settings: Settings, run: (client: PoolClient) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Connections as requests have them: past every check of the program, only the database is left. */
export async function openWall(databaseUrl: string): Promise<Wall> {
  const orm = await openOrm(databaseUrl, 'runtime', { pool: 2 })
  const pool: Pool = await orm.em.getConnection().getNativeClient()
  return {
    async as(settings, run) {
      const client = await pool.connect()
      try {
        await client.query('begin')
        const { viewer, viewer_email, management, acting, boundTo } = settings
        const who = [viewer ?? null, viewer_email, management ?? '', boundTo]
        await client.query('select tenantry_look($1, $2, $3, $4)', who)
        if (acting !== undefined) await client.query('select tenantry_enter($1)', [acting])
        return await run(client)
      } finally {
        await client.query('rollback')
        client.release()
      }
    },
    close: () => orm.close(true),
  }
}

/** A table whose rows belong to one organization each, and the column that says to which. */
export interface TenantTable {
  readonly name: string
  readonly key: 'id' | 'organization_id'
}

/** Every table there is, as PostgreSQL says. */
export async function tablesOf(databaseUrl: string): Promise<{ tenant: TenantTable[]; others: string[] }> {
  const { rows } = await withClient(databaseUrl, client =>
    client.query<{ name: string; has_key: boolean }>(
      `select t.table_name as name, exists (select from information_schema.columns c
         where c.table_schema = t.table_schema and c.table_name = t.table_name and c.column_name = 'organization_id') as has_key
       from information_schema.tables t where t.table_schema = 'public' and t.table_type = 'BASE TABLE' order by 1`,
    ),
  )
  const isTenant = (row: { name: string; has_key: boolean }) => row.has_key || row.name === 'organization'
  return {
    tenant: rows
      .filter(isTenant)
      .map(({ name }) => ({ name, key: name === 'organization' ? 'id' : 'organization_id' })),
    others: rows.filter(row => !isTenant(row)).map(row => row.name),
  }
}

/** The SQLSTATE with which a statement fails; `none` when it goes through. */
export async function stateOf(statement: Promise<unknown>): Promise<string> {
  try {
    await statement
    return 'none'
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code)
    throw error
  }
}

/** insufficient_privilege: of a privilege, of a row-level security policy, and of ownership alike. */
export const refused = '42501'
