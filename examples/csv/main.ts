import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { createClient } from '../client/client.ts'
import { developmentToken, explain } from '../client/command-line.ts'
import { Refused } from '../client/onboard.ts'
import { MalformedCsv } from './csv.ts'
import { exportMembers } from './export-members.ts'
import { importMembers } from './import-members.ts'

const usage = 'import <slug of the organization> <file.csv>, or export <slug of the organization>'
const { env } = process

try {
  const { positionals } = parseArgs({ allowPositionals: true })
  const [command, slug, file] = positionals
  const token = env.TENANTRY_TOKEN || (await developmentToken('otto.owner@demo.example'))
  const client = createClient({ url: env.TENANTRY_URL || 'http://127.0.0.1:4000/graphql', token: () => token })
  if (command === 'import' && slug !== undefined && file !== undefined) {
    const { csv, invited, others } = await importMembers(client, slug, await readFile(file, 'utf8'))
    process.stdout.write(csv)
    console.error(`${invited} invited, ${others} not.`)
    if (others > 0) process.exitCode = 2
  } else if (command === 'export' && slug !== undefined) {
    for await (const part of exportMembers(client, slug)) process.stdout.write(part)
  } else throw new Refused(`say ${usage}`)
} catch (error) {
  console.error(error instanceof MalformedCsv ? `Refused: ${error.message}` : explain(error))
  process.exitCode = 1
}
