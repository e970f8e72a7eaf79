import type { Statement } from './statement.ts'

/**
 * What was read of the organization template, for as long as its version is the newest that anybody saw. A transaction
 * whose snapshot has another version reads for itself.
 */
export type TemplateMemory = <Row extends object>(
  version: number,
  statement: Statement,
  read: () => Promise<Row[]>,
) => Promise<readonly Row[]>

export function createTemplateMemory(): TemplateMemory {
  let newest = 0
  const known = new Map<string, Promise<readonly object[]>>()
  return <Row extends object>(version: number, { name }: Statement, read: () => Promise<Row[]>) => {
    if (version < newest) return read()
    if (version > newest) known.clear()
    newest = version
    // The statement decides the columns, so only its caller knows the type of the rows.
    const found = known.get(name) as Promise<readonly Row[]> | undefined
    if (found !== undefined) return found
    const reading = read()
    known.set(name, reading)
    // A failure to read is not the answer for whoever asks next.
    reading.catch(() => known.get(name) === reading && known.delete(name))
    return reading
  }
}
