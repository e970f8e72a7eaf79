/** `npm run schema`: writes schema.graphql; with `--check`, fails when the file is not what the code says. */
import { readFile, writeFile } from 'node:fs/promises'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { schema } from '../src/graphql/schema.ts'

const file = new URL('../schema.graphql', import.meta.url)
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`
if (process.argv.includes('--check')) {
  const isFresh = (await readFile(file, 'utf8').catch(() => '')) === printed
  if (!isFresh) console.error('schema.graphql is not fresh: run npm run schema and commit it.')
  process.exitCode = isFresh ? 0 : 1
} else {
  await writeFile(file, printed)
}
