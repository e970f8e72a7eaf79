import { glob, readFile } from 'node:fs/promises'
import { buildSchema, parse, validate } from 'graphql'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const schema = buildSchema(await readFile(new URL('schema.graphql', root), 'utf8'))

test('every operation of the documentation is one that the schema takes', async () => {
  const refused: string[] = []
  let count = 0
  for await (const path of glob(['README.md', 'docs/**/*.md', 'examples/**/README.md'], { cwd: root })) {
    if (path.includes('node_modules')) continue
    const page = await readFile(new URL(path, root), 'utf8')
    for (const [, indent = '', block = ''] of page.matchAll(/^( *)```graphql\n([\s\S]*?)^ *```/gm)) {
      count += 1
      const operation = block.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
      try {
        for (const { message } of validate(schema, parse(operation))) refused.push(`${path}: ${message}`)
      } catch (error) {
        refused.push(`${path}: ${String(error)} in ${operation}`)
      }
    }
  }
  expect(refused).toEqual([])
  expect(count).toBeGreaterThan(20)
})
