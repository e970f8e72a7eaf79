import type { Loaders } from '../load.ts'

/** What the permissions with these ids are called now, in order; those that are gone are left out. */
export async function permissionKeys(load: Pick<Loaders, 'permissionById'>, ids: readonly string[]): Promise<string[]> {
  const rows = await Promise.all(ids.map(id => load.permissionById.load(id)))
  return [...new Set(rows.flatMap(row => (row === null ? [] : [row.key])))].sort()
}
