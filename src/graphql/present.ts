import type { One } from '../db/loaders.ts'
import { RequestError } from '../errors.ts'
import type { Loaders } from '../load.ts'
import type { RoleRow } from '../roles/role.loaders.ts'

/** For `node`: the rows of these ids that are there and the viewer may see; null in the place of every other. */
export function present<Row extends object>(
  ids: readonly string[],
  loader: One<Row>,
  isVisible: (row: Row) => Promise<boolean> | boolean,
): Promise<(Row | null)[]> {
  return Promise.all(ids.map(id => presentOne(id, loader, isVisible)))
}

/** The row of this id, if it is there and the viewer may see it. */
export async function presentOne<Row extends object>(
  id: string,
  loader: One<Row>,
  isVisible: (row: Row) => Promise<boolean> | boolean,
): Promise<Row | null> {
  const row = await loader.load(id)
  return row !== null && (await isVisible(row)) ? row : null
}

/** The roles of these ids, in their order, without those that are gone. */
export async function rolesByIds(load: Loaders, ids: readonly string[]): Promise<RoleRow[]> {
  const rows = await Promise.all(ids.map(id => load.roleById.load(id)))
  return rows.filter(row => row !== null)
}

/** The row of a foreign key: it is there, or something is wrong that must not be shown as absence. */
export async function required<Row extends object>(row: Promise<Row | null>): Promise<Row> {
  const found = await row
  if (found === null)
    throw new RequestError('NOT_FOUND', 'Something that this refers to is gone, or is not yours to see.')
  return found
}
