import { parseArgs } from 'node:util'
import { createClient } from './client.ts'
import { developmentToken, explain } from './command-line.ts'
import { onboard } from './onboard.ts'

const { env } = process

try {
  const { url, name, slug } = readArguments()
  // A program of yours takes tokens from its identity provider; in development Tenantry signs one for anybody.
  const [founder, colleague] = await Promise.all([
    env.FOUNDER_TOKEN || developmentToken('otto.owner@demo.example'),
    env.COLLEAGUE_TOKEN || developmentToken('iris.invited@demo.example'),
  ])
  await onboard({
    founder: createClient({ url, token: () => founder }),
    colleague: createClient({ url, token: () => colleague }),
    name,
    slug,
    say: console.log,
  })
} catch (error) {
  console.error(explain(error))
  process.exitCode = 1
}

function readArguments() {
  const url = env.TENANTRY_URL || 'http://127.0.0.1:4000/graphql'
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: url },
      name: { type: 'string', default: 'Hooli' },
      slug: { type: 'string', default: 'hooli' },
    },
  })
  return values
}
