import pg from 'pg'

declare module 'vitest' {
  interface ProvidedContext {
    /** A database of the test server in which databases can be created. */
    adminUrl: string
    /** The migrated database that every test database is a copy of. */
    templateName: string
  }
}

/** The same server, another database. */
export function urlOf(adminUrl: string, database: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  return url.href
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
