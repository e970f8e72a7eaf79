/** `npm run check`: what must hold before a change is done. A line a step; every step runs, whatever the others find. */
import { brokenArrows } from './check/arrows.ts'
import { brokenLines } from './check/lines.ts'
import { brokenLinks } from './check/links.ts'
import { brokenMigrations } from './check/migrations.ts'
import { readSources } from './check/sources.ts'
import { complaintsOf, type Step } from './check/step.ts'

const ours = () => readSources(['src', 'scripts', 'test', 'bench', 'examples'])

const steps: readonly Step[] = [
  {
    name: 'format and lint',
    find: () => complaintsOf('biome', 'check', '--error-on-warnings'),
  },
  { name: 'types', find: () => complaintsOf('tsc', '--noEmit') },
  { name: 'dead exports and unused dependencies', find: () => complaintsOf('knip', '--no-progress') },
  { name: 'schema.graphql is fresh', find: () => complaintsOf('node', 'scripts/print-schema.ts', '--check') },
  {
    name: 'generated clients are fresh',
    find: async () => {
      const printed = await complaintsOf('graphql-codegen', '--config', 'codegen.ts', '--check')
      const told = printed.filter(line => !/^\s*[❯✔]/.test(line))
      return told.length > 0 ? told : printed
    },
  },
  {
    name: 'tables of the documentation are fresh',
    find: () => complaintsOf('node', 'scripts/print-rules.ts', '--check'),
  },
  { name: 'import arrows', find: async () => brokenArrows(await ours()) },
  { name: 'file rules', find: async () => brokenLines(await ours()) },
  { name: 'links of the documentation', find: brokenLinks },
  { name: 'migrations, entities, tenancy', find: brokenMigrations },
]

const maxShown = 100
const began = performance.now()
let failed = 0
for (const { name, find } of steps) {
  const start = performance.now()
  const wrong = await find().catch(thrown)
  console.log(`${wrong.length === 0 ? 'ok    ' : 'failed'}  ${name.padEnd(38)} ${seconds(start)}`)
  for (const line of wrong.slice(0, maxShown)) console.log(`        ${line}`)
  if (wrong.length > maxShown) console.log(`        … and ${wrong.length - maxShown} lines more`)
  if (wrong.length > 0) failed++
}
console.log(`\nchecks: ${steps.length - failed} ok, ${failed} failed, in ${seconds(began)}`)
process.exitCode = failed === 0 ? 0 : 1

/** What PostgreSQL refuses says enough by itself; of anything else, where it came from matters. */
function thrown(error: unknown): string[] {
  const text = error instanceof Error ? ('code' in error ? error.message : error.stack) : String(error)
  return (text ?? '').split('\n')
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
