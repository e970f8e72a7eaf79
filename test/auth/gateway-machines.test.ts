import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, createClient } from '../kit/client.ts'
import { deployment } from '../kit/deployment.ts'
import { trusting, vouchedFor } from '../kit/foreign.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'
import { type World, world } from '../kit/world.ts'

let issuer: TestIssuer
let w: World
beforeAll(async () => {
  issuer = await startIssuer()
  w = await world({ env: trusting(issuer) })
})
afterAll(() => issuer.close())

const me = `{ viewer { principal { __typename id displayName
  ... on User { email } ... on MachineApplication { clientId lastUsedAt } } } }`
const whoIs = async (client: Client) => (await client.query(me)).viewer.principal

describe('a machine', () => {
  test('signs in by its client id, and when it did is seen', async () => {
    const { clientId, ...client } = await w.machine()
    expect(await whoIs(client)).toMatchObject({ __typename: 'MachineApplication', displayName: 'Sync', clientId })
    const { lastUsedAt } = (await client.query('{ viewer { principal { ... on MachineApplication { lastUsedAt } } } }'))
      .viewer.principal
    expect(lastUsedAt).toBe(w.clock().toISOString())
  })

  test('of a foreign issuer is not ours, though it carries the client id of one (RFC 9068, section 5)', async () => {
    const { clientId, ...ours } = await w.machine()
    const id = (await whoIs(ours)).id
    const foreign = createClient(w.app, await issuer.machineToken(clientId))
    const answer = await foreign.send(me)
    expect(answer.data?.viewer?.principal.id).not.toBe(id)
    expect(answer.data?.viewer?.principal.__typename).not.toBe('MachineApplication')
  })

  test('does not become ours by a token of a user whose subject is its client id', async () => {
    const { clientId } = await w.machine()
    const client = await vouchedFor(w, issuer, { sub: clientId, email: 'sync@people.test', email_verified: true })
    expect(await whoIs(client)).toMatchObject({ __typename: 'User', email: 'sync@people.test' })
  })

  test('that nobody registered is refused with 401, and told why', async () => {
    const { app, machineToken } = await deployment()
    const { status, data, errors } = await createClient(app, await machineToken('billing')).send(me)
    expect({ status, data }).toEqual({ status: 401, data: null })
    expect(errors[0]).toMatchObject({
      message: 'There is no machine application with the client id "billing".',
      extensions: { code: 'UNAUTHENTICATED' },
    })
  })

  test('that is registered later gets in with the very token that was refused', async () => {
    const { app, token, machineToken } = await deployment({ OPERATORS: 'root@people.test' })
    const operator = createClient(app, await token('root@people.test'))
    const selection = '... on CreateMachineApplicationPayload { machineApplication { clientId } }'
    const made = await operator.mutate('createMachineApplication', { name: 'Billing' }, selection)
    const { clientId } = made.machineApplication
    expect(await whoIs(createClient(app, await machineToken(clientId)))).toMatchObject({ clientId })
    expect((await createClient(app, await machineToken(`${clientId}x`)).send(me)).status).toBe(401)
  })

  test('is no operator by its name, and creates no organization', async () => {
    const { app, token, machineToken } = await deployment({
      OPERATORS: 'root@people.test,urn:tenantry:development sync',
    })
    const operator = createClient(app, await token('root@people.test'))
    const selection = '... on CreateMachineApplicationPayload { machineApplication { clientId } }'
    const { machineApplication } = await operator.mutate('createMachineApplication', { name: 'sync' }, selection)
    const machine = createClient(app, await machineToken(machineApplication.clientId))
    expect((await machine.query('{ viewer { managementPermissions } }')).viewer.managementPermissions).toEqual([])
    expect(await machine.refusal('createOrganization', { name: 'Robots' })).toBe('FORBIDDEN')
  })
})
