import { createServer } from 'node:http'
import { createPageServer } from './server.ts'

const { env } = process
const gateway = env.TENANTRY_PUBLIC_URL || 'http://127.0.0.1:4000'
const port = Number(env.PORT || 4100)
const server = createPageServer({
  issuer: `${gateway}/oidc`,
  clientId: env.CLIENT_ID || 'development',
  scope: 'note:read note:write',
  graphql: `${gateway}/graphql`,
  notes: env.NOTES_URL || 'http://127.0.0.1:4200',
})
createServer(server).listen(port, '127.0.0.1', () => {
  console.log(`Single-page application: http://127.0.0.1:${port}/`)
  console.log(`It needs CORS_ORIGINS=http://127.0.0.1:${port} at the gateway.`)
})
