import { createServer } from 'node:http'
import { createService } from './service.ts'
import { createVerifier } from './verify.ts'

const { env } = process
const gateway = env.TENANTRY_PUBLIC_URL || 'http://127.0.0.1:4000'
const port = Number(env.PORT || 4200)
const origins = (env.ORIGINS || 'http://127.0.0.1:4100').split(',')
const audience = env.AUDIENCE

const verify = createVerifier({ gateway, ...(audience && { audience }) })
createServer(createService({ verify, origins })).listen(port, '127.0.0.1', () => {
  console.log(`Notes: http://127.0.0.1:${port}/organizations/<UUID>/notes, for tokens of ${gateway}/oidc`)
})
