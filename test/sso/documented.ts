import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import type { Client, Loose } from '../kit/client.ts'

/** A page of the documentation whose operations are run as they stand there, and answer as it says. */
export interface Documented {
  /** Runs the operation of this name: what comes is the answer that stands below it. */
  run(by: Client, name: string, variables?: object): Promise<Loose>
  /** The same, where the page shows another answer or none. */
  ask(by: Client, name: string, variables?: object): Promise<Loose>
  /** The JSON that stands below the last text before it that has this in it. */
  answerAfter(text: string): unknown
  /** The fields of the form that this request sends, as they stand there. */
  form(request: string): Record<string, string>
  /** The rows of the table in this section, cell by cell, without the code marks. */
  table(heading: string): string[][]
  /** The operations that have not been run. */
  unused(): string[]
}

/** `"…"` stands for any text; other names than those of the page can take their place. */
export async function documented(file: string, names: Record<string, string> = {}): Promise<Documented> {
  const text = await readFile(new URL(`../../docs/${file}`, import.meta.url), 'utf8')
  const page = Object.entries(names).reduce((given, [from, to]) => given.replaceAll(from, to), text)
  const blocks = [...page.matchAll(/^```graphql\n([\s\S]*?)^```\n(?:\n```json\n([\s\S]*?)^```)?/gm)]
  const operations = new Map(
    blocks.map(([, operation = '', answer]) => [
      /(?:query|mutation) (\w+)/.exec(operation)?.[1],
      { operation, answer },
    ]),
  )
  const used = new Set<string>()
  async function ask(by: Client, name: string, variables: object = {}): Promise<Loose> {
    const { operation = '' } = operations.get(name) ?? {}
    used.add(name)
    return by.query(operation, variables)
  }
  return {
    ask,
    async run(by, name, variables) {
      const data = await ask(by, name, variables)
      expect(data).toEqual(pattern(JSON.parse(operations.get(name)?.answer ?? '')))
      return data
    },
    answerAfter(marker) {
      const [, json = ''] = /^```json\n([\s\S]*?)^```/m.exec(page.slice(page.indexOf(marker))) ?? []
      return pattern(JSON.parse(json))
    },
    form(request) {
      const [, body = ''] = page.split(`${request}\n`)[1]?.split('\n```')[0]?.split('\n\n') ?? []
      return Object.fromEntries(new URLSearchParams(body))
    },
    table(heading) {
      const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
      const [, , ...rows] = section.split('\n').filter(line => line.startsWith('|'))
      return rows.map(row =>
        row
          .slice(1, -1)
          .split('|')
          .map(cell => cell.replaceAll('`', '').trim()),
      )
    },
    unused: () => [...operations.keys()].map(String).filter(name => !used.has(name)),
  }
}

function pattern(value: unknown): unknown {
  if (value === '…') return expect.any(String)
  if (Array.isArray(value)) return value.map(pattern)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, pattern(inside)]))
}
