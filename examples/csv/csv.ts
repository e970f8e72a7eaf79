/** One line of a file under its header, and where it stands. */
export interface Row {
  readonly line: number
  readonly cells: Readonly<Record<string, string>>
}

/** The file is no CSV as RFC 4180 has it, or its lines do not fit its header. */
export class MalformedCsv extends Error {}

// A cell in quotes, in which a quote is written twice; or one without any. Then a comma, or the end of the line.
const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y

/** Reads a file with a header. @throws MalformedCsv naming the line */
export function parseCsv(text: string): Row[] {
  const [header, ...rows] = recordsOf(text.replace(/^\uFEFF/, ''))
  if (header === undefined) throw new MalformedCsv('The file is empty.')
  const columns = header.cells.map(name => name.trim().toLowerCase())
  return rows
    .filter(row => row.cells.some(value => value !== ''))
    .map(({ line, cells }) => {
      if (cells.length !== columns.length)
        throw new MalformedCsv(`Line ${line} has ${cells.length} cells, the header ${columns.length}.`)
      return { line, cells: Object.fromEntries(columns.map((name, index) => [name, plain(cells[index] ?? '')])) }
    })
}

function recordsOf(text: string): { line: number; cells: string[] }[] {
  const records: { line: number; cells: string[] }[] = []
  let [line, cells, start]: [number, string[], number] = [1, [], 1]
  cell.lastIndex = 0
  while (cell.lastIndex < text.length || cells.length > 0) {
    const [whole, quoted, bare = '', end] = cell.exec(text) ?? []
    if (whole === undefined) throw new MalformedCsv(`Line ${line} has a quote where none can be.`)
    cells.push(quoted?.replaceAll('""', '"') ?? bare)
    line += whole.split('\n').length - 1
    if (end === ',') continue
    records.push({ line: start, cells })
    ;[cells, start] = [[], line]
  }
  return records
}

// What a spreadsheet takes for a formula; after white space, too, and in the full width of East Asian fonts.
const formula = /^\s*[=+\-@＝＋－＠]|^[\t\r]/

/**
 * Writes a file that is safe to open in a spreadsheet: people choose their names, and a name such as `=HYPERLINK(…)` would
 * run there. An apostrophe before it makes it text.
 */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map(cells => `${cells.map(written).join(',')}\r\n`).join('')
}

function written(value: string): string {
  const text = formula.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A cell without the apostrophe that `toCsv` put before it. */
const plain = (value: string) => (value.startsWith("'") && formula.test(value.slice(1)) ? value.slice(1) : value).trim()
