/** `node scripts/print-rules.ts`: writes the tables of docs/ that the code decides; with `--check`, fails when one is stale. */
import { glob, readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type GraphQLObjectType, isNonNullType, isObjectType, isUnionType } from 'graphql'
import { gatewayPermissions, managementPermissions } from '../src/auth/permissions.ts'
import { errorCodes } from '../src/errors.ts'
import { schema } from '../src/graphql/schema.ts'

type Row = readonly string[]

const root = new URL('../', import.meta.url)
const read = (path: string) => readFile(new URL(path, root), 'utf8')

/** What stands between `<!-- name -->` and `<!-- /name -->` of a page. */
const tables: Record<string, Record<string, () => string | Promise<string>>> = {
  'docs/authorization.md': {
    'gateway permissions': () => table(['Permission', 'Allows'], permissionRows(gatewayPermissions)),
    'management permissions': () => table(['Permission', 'Allows'], permissionRows(managementPermissions)),
    rules: async () => table(['Rule', 'Function'], rulesIn(await policies())),
    reads: () => table(['Field', 'Needs', 'Without it'], guardedReads()),
    writes: () => table(['Mutation', 'What it does, and what it needs'], mutationRows()),
  },
  'docs/api.md': {
    'typed errors': () => table(['Type', 'Means', 'Carries'], typedErrors()),
    mutations: () => table(['Mutation', 'Possible errors'], possibleErrors()),
  },
  'docs/rules.md': { tests: async () => table(['Rule', 'Tests that name it'], await testsOfRules()) },
}

/** What a page written by hand must not leave out. */
const mentions: Record<string, () => readonly string[] | Promise<readonly string[]>> = {
  'docs/configuration.md': async () => variablesIn(await read('src/config.ts')),
  'docs/api.md': () => Object.entries(errorCodes).map(([code, status]) => `\`${code}\` | ${status}`),
}

const problems: string[] = []
const isCheck = process.argv.includes('--check')
for (const [path, parts] of Object.entries(tables)) {
  const written = await read(path)
  let page = written
  for (const [name, print] of Object.entries(parts)) page = filled(page, name, await print(), path)
  if (page === written) continue
  if (isCheck) problems.push(`${path} has a stale table: run node scripts/print-rules.ts`)
  else await writeFile(new URL(path, root), page)
}
for (const [path, wanted] of Object.entries(mentions)) {
  const page = await read(path)
  problems.push(
    ...(await wanted()).filter(text => !page.includes(text)).map(text => `${path} does not mention ${text}`),
  )
}
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1

function filled(page: string, name: string, content: string, path: string): string {
  const [before, rest] = page.split(`<!-- ${name} -->`)
  const after = rest?.split(`<!-- /${name} -->`)[1]
  if (before === undefined || after === undefined) throw new Error(`${path} has no place for "${name}"`)
  return `${before}<!-- ${name} -->\n${content}\n<!-- /${name} -->${after}`
}

function table(head: Row, rows: readonly Row[]): string {
  return [head, head.map(() => '---'), ...rows].map(row => `| ${row.map(cell).join(' | ')} |`).join('\n')
}

function cell(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')
}

function code(text: string): string {
  return `\`${text}\``
}

function permissionRows(catalogue: Record<string, string>): Row[] {
  return Object.entries(catalogue).map(([key, description]) => [code(key), description])
}

/** The file of the rules, and its parts. */
async function policies(): Promise<string> {
  const parts: string[] = []
  for await (const found of glob('src/auth/*-policy.ts', { cwd: root })) parts.push(found.replaceAll('\\', '/'))
  return (await Promise.all(['src/auth/policy.ts', ...parts.toSorted()].map(read))).join('\n')
}

/** Every exported function of policy.ts with its one-line comment: the rule in words. */
function rulesIn(source: string): Row[] {
  const found = source.matchAll(/\/\*\* ([^*]+) \*\/\nexport (?:async )?function (\w+)/g)
  return [...found].map(([, rule = '', name = '']) => [rule, code(name)])
}

/** The rules of docs/rules.md, each with the test files in whose text its number stands. */
async function testsOfRules(): Promise<Row[]> {
  const files: { path: string; text: string }[] = []
  for await (const found of glob('test/**/*.test.ts', { cwd: root })) {
    const path = found.replaceAll('\\', '/')
    files.push({ path, text: await read(path) })
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1))
  const rules = [...(await read('docs/rules.md')).matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map(([, rule = '']) => rule)
  return rules.map(rule => {
    const number = new RegExp(`\\b${rule}\\b`)
    const named = files.filter(({ text }) => number.test(text))
    return [rule, named.map(({ path }) => `[${basename(path, '.test.ts')}](../${path})`).join(', ')]
  })
}

function variablesIn(source: string): string[] {
  return [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name = '']) => `\`${name}\``)
}

function objectTypes(): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function fieldsOf(type: GraphQLObjectType) {
  return Object.values(type.getFields()).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Fields whose description names a permission; the walk over all scopes is a test's business. */
function guardedReads(): Row[] {
  const types = objectTypes().filter(type => type !== schema.getMutationType())
  return types.flatMap(type =>
    fieldsOf(type).flatMap(field => {
      const needs = field.description?.match(/(?:[Rr]equires|for operators with|for who holds|hold) (`[a-z:-]+`)/)?.[1]
      if (needs === undefined) return []
      const otherwise = isNonNullType(field.type) ? (type.name === 'Query' ? '`FORBIDDEN`' : 'left out') : 'null'
      return [[code(`${type.name}.${field.name}`), needs, otherwise]]
    }),
  )
}

function mutations() {
  const type = schema.getMutationType()
  return type == null ? [] : fieldsOf(type)
}

function mutationRows(): Row[] {
  return mutations().map(field => [code(field.name), field.description ?? ''])
}

function possibleErrors(): Row[] {
  return mutations().map(field => {
    const result = isNonNullType(field.type) ? field.type.ofType : field.type
    const members = isUnionType(result) ? result.getTypes().map(type => type.name) : []
    return [
      code(field.name),
      members
        .filter(name => name.endsWith('Error'))
        .sort()
        .map(code)
        .join(', '),
    ]
  })
}

function typedErrors(): Row[] {
  const types = objectTypes().filter(type => type.getInterfaces().some(one => one.name === 'UserError'))
  return types.map(type => {
    const own = fieldsOf(type).filter(field => field.name !== 'message')
    const carries = own.map(field => `${code(field.name)}: ${field.description ?? ''}`)
    return [code(type.name), type.description ?? '', carries.join(' ')]
  })
}
