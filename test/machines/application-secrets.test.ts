import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openOrm } from '../../src/db/orm.ts'
import { findClient, verifyClientSecret } from '../../src/machines/credentials.ts'
import type { Client } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { memberWith } from '../kit/holders.ts'
import { wholeJournal, written } from '../kit/journal.ts'
import { type World, world } from '../kit/world.ts'
import { ownedApplication } from '../security/isolation/side.ts'

const clock = testClock()
let w: World
let services: Parameters<typeof verifyClientSecret>[0]
let orm: Awaited<ReturnType<typeof openOrm>>
beforeAll(async () => {
  w = await world({ clock })
  orm = await openOrm(w.databaseUrl, 'runtime', { pool: 2 })
  services = { pool: await orm.em.getConnection().getNativeClient(), clock }
})
afterAll(() => orm.close(true))

const made =
  '... on CreateApplicationSecretPayload { secret applicationSecret { id label status expiresAt lastUsedAt createdBy { id } viewerCanRevoke } }'
const issues = '... on InvalidInputError { issues { path message } }'
const make = (applicationId: string, input: object = {}, by: Client = w.owner) =>
  by.mutate('createApplicationSecret', { applicationId, ...input }, `${made} ${issues}`)
const secretsOf = async (id: string, by: Client = w.owner) =>
  (
    await by.query(
      'query($id: ID!) { node(id: $id) { ... on MachineApplication { clientId secrets { id label status lastUsedAt } } } }',
      { id },
    )
  ).node

describe('a secret', () => {
  test('is shown once, and lets the application in until it is revoked (APP-2)', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Sync')
    const { secret, applicationSecret } = await make(id, { label: 'Blue' })
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(applicationSecret).toMatchObject({
      ...{ label: 'Blue', status: 'ACTIVE', lastUsedAt: null, viewerCanRevoke: true },
      createdBy: { id: await w.owner.id() },
      expiresAt: new Date(clock().getTime() + 365 * 86_400_000).toISOString(),
    })
    const { clientId } = await secretsOf(id)
    expect(await verifyClientSecret(services, clientId, secret)).toBe(true)
    expect(await verifyClientSecret(services, clientId, `${secret.slice(0, -1)}_`)).toBe(false)
    expect(await verifyClientSecret(services, clientId, '')).toBe(false)
    await w.owner.mutate('revokeApplicationSecret', { secretId: applicationSecret.id })
    expect(await verifyClientSecret(services, clientId, secret)).toBe(false)
    expect((await secretsOf(id)).secrets).toMatchObject([{ status: 'REVOKED' }])
  })

  test('works beside another, so that one replaces the other without a gap; each is for its own application', async () => {
    const [id, other] = [await ownedApplication(w.acme, w.owner, 'A'), await ownedApplication(w.acme, w.owner, 'B')]
    const [first, second] = [await make(id), await make(id)]
    const { clientId } = await secretsOf(id)
    expect(await verifyClientSecret(services, clientId, first.secret)).toBe(true)
    expect(await verifyClientSecret(services, clientId, second.secret)).toBe(true)
    await w.owner.mutate('revokeApplicationSecret', { secretId: first.applicationSecret.id })
    expect(await verifyClientSecret(services, clientId, second.secret)).toBe(true)
    expect(await verifyClientSecret(services, (await secretsOf(other)).clientId, second.secret)).toBe(false)
    expect(await verifyClientSecret(services, 'app_nobody', second.secret)).toBe(false)
  })

  test('is over at its expiry, which is at most 730 days away (APP-2)', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Sync')
    const soon = new Date(clock().getTime() + 3_600_000)
    const { secret } = await make(id, { expiresAt: soon.toISOString() })
    const { clientId } = await secretsOf(id)
    expect(await verifyClientSecret(services, clientId, secret)).toBe(true)
    clock.advance({ hours: 1 })
    expect(await verifyClientSecret(services, clientId, secret)).toBe(false)
    expect((await secretsOf(id)).secrets).toMatchObject([{ status: 'EXPIRED' }])
    for (const days of [0, -1, 731]) {
      const expiresAt = new Date(clock().getTime() + days * 86_400_000).toISOString()
      expect((await make(id, { expiresAt })).issues?.[0].path).toEqual(['input', 'expiresAt'])
    }
  })

  test('says when it was used last, to within a minute', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Sync')
    const { secret } = await make(id)
    const { clientId } = await secretsOf(id)
    const first = clock().toISOString()
    await verifyClientSecret(services, clientId, secret)
    expect((await secretsOf(id)).secrets[0].lastUsedAt).toBe(first)
    clock.advance({ minutes: 0.5 })
    await verifyClientSecret(services, clientId, secret)
    expect((await secretsOf(id)).secrets[0].lastUsedAt).toBe(first)
    clock.advance({ minutes: 1 })
    await verifyClientSecret(services, clientId, secret)
    expect((await secretsOf(id)).secrets[0].lastUsedAt).toBe(clock().toISOString())
  })

  test('is the eleventh at most once another is revoked (APP-2)', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Sync')
    const all = []
    for (let n = 0; n < 10; n++) all.push(await make(id))
    expect((await make(id)).__typename).toBe('SecretLimitReachedError')
    await w.owner.mutate('revokeApplicationSecret', { secretId: all[0]?.applicationSecret.id })
    expect((await make(id)).__typename).toBe('CreateApplicationSecretPayload')
  })

  test('two at once of which one is too many: one of them is made', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Sync')
    for (let n = 0; n < 9; n++) await make(id)
    const names = (await Promise.all([make(id), make(id)])).map(result => result.__typename)
    expect(names.sort()).toEqual(['CreateApplicationSecretPayload', 'SecretLimitReachedError'])
  })

  test('is in no log, no event and no line that is logged; that it was made and ended is (APP-2, MGT-3)', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Sync')
    const making = await written(w, () => make(id, { label: 'Blue' }))
    const { secret, applicationSecret } = making.result
    expect(making.audit).toMatchObject([
      { action: 'APPLICATION_SECRET_CREATED', target: 'MachineApplication Sync', changes: [{ after: 'Blue' }, {}] },
    ])
    expect(making.outbox.map(event => event.type)).toEqual(['APPLICATION_SECRET_CREATED'])
    const secretId = applicationSecret.id
    const ending = await written(w, () => w.owner.mutate('revokeApplicationSecret', { secretId }))
    expect(ending.audit).toMatchObject([{ action: 'APPLICATION_SECRET_REVOKED', changes: [{ before: 'Blue' }] }])
    expect(`${await wholeJournal(w)}${w.log.join('\n')}`).not.toContain(secret)
  })

  test('that is revoked or expired is not revoked again', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Sync')
    const { applicationSecret } = await make(id)
    const revoke = () => w.owner.mutate('revokeApplicationSecret', { secretId: applicationSecret.id }, issues)
    expect((await revoke()).__typename).toBe('RevokeApplicationSecretPayload')
    expect((await revoke()).issues?.[0].message).toBe('This secret is revoked already.')
  })
})

describe('nobody takes an application over that holds more than they do (APP-3, ROL-3, MEM-7)', () => {
  const takeovers = (applicationId: string): [string, object][] => [
    ['createApplicationSecret', { applicationId }],
    ['setApplicationKeys', { applicationId, jwks: { keys: [] } }],
    ['deleteMachineApplication', { applicationId }],
  ]

  test('in an organization: who manages applications, of one that holds what they lack', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Sync')
    const roleIds = [await w.acme.customRole(['member:read', 'member:remove'], { kind: 'MACHINE' })]
    await w.owner.mutate('addMachineMember', { organizationId: w.acme.id, applicationId: id, roleIds })
    const clerk = await memberWith(w.acme, ['application:read', 'application:manage', 'member:read'])
    for (const [name, input] of takeovers(id)) expect(await clerk.refusal(name, input), name).toBe('FORBIDDEN')
    const query = 'query($id: ID!) { node(id: $id) { ... on MachineApplication { viewerCanManage viewerCanControl } } }'
    expect((await clerk.query(query, { id })).node).toEqual({ viewerCanManage: true, viewerCanControl: false })
    // To end what is there gives nobody anything.
    const { applicationSecret } = await make(id)
    const ended = await clerk.mutate('revokeApplicationSecret', { secretId: applicationSecret.id })
    expect(ended.__typename).toBe('RevokeApplicationSecretPayload')
    const equal = await memberWith(w.acme, [
      ...['application:read', 'application:manage', 'member:read', 'member:remove'],
    ])
    for (const [name, input] of takeovers(id))
      expect((await equal.mutate(name, input)).__typename, name).toMatch(/Payload$/)
  })

  test('in the deployment: an operator, of one that manages more, or holds something in an organization', async () => {
    const operator = await operatorWith(['APPLICATIONS_WRITE'])
    const manager = await w.machine()
    const principalId = await manager.id()
    await w.operator.mutate('setManagementPermissions', { principalId, permissions: ['USERS_READ'] })
    const member = await w.machine()
    const applicationId = await member.id()
    const roleIds = [await w.acme.customRole(['member:read'], { kind: 'MACHINE' })]
    await w.operator.mutate('addMachineMember', { organizationId: w.acme.id, applicationId, roleIds })
    const idle = await w.machine()
    for (const application of [manager, member])
      for (const [name, input] of takeovers(await application.id()))
        expect(await operator.refusal(name, input), name).toBe('FORBIDDEN')
    for (const [name, input] of takeovers(await idle.id()))
      expect((await operator.mutate(name, input)).__typename, name).toMatch(/Payload$/)
  })

  test('an owner of an organization does nothing with an application of the deployment, though it is a member', async () => {
    const machine = await w.machine()
    const applicationId = await machine.id()
    await w.operator.mutate('addMachineMember', { organizationId: w.acme.id, applicationId, roleIds: [] })
    for (const [name, input] of takeovers(applicationId))
      expect(await w.owner.refusal(name, input), name).toBe('FORBIDDEN')
    expect((await secretsOf(applicationId)).secrets).toBeNull()
  })
})

describe('an application as a client', () => {
  test('is found by its client id, with its public keys, and without any when it has none', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Sync')
    const { clientId } = await secretsOf(id)
    expect(await findClient(services, clientId)).toMatchObject({ clientId, name: 'Sync', jwks: null })
    expect(await findClient(services, 'app_nobody')).toBeNull()
  })

  test('is gone with its organization, comes back with it, and ends when that is purged (APP-1, ORG-6)', async () => {
    const owner = await w.person()
    const organization = await w.organization(owner)
    const id = await ownedApplication(organization, owner, 'Sync')
    await owner.mutate('addMachineMember', { organizationId: organization.id, applicationId: id, roleIds: [] })
    const { secret } = await make(id, {}, owner)
    const { clientId } = await secretsOf(id, owner)
    await owner.mutate('deleteOrganization', { organizationId: organization.id })
    expect(await findClient(services, clientId)).toBeNull()
    expect(await verifyClientSecret(services, clientId, secret)).toBe(false)
    await owner.mutate('restoreOrganization', { organizationId: organization.id })
    expect(await verifyClientSecret(services, clientId, secret)).toBe(true)
    await owner.mutate('deleteOrganization', { organizationId: organization.id })
    await w.operator.mutate('purgeOrganization', { organizationId: organization.id })
    expect(await findClient(services, clientId)).toBeNull()
    expect((await w.operator.query('query($id: ID!) { node(id: $id) { id } }', { id })).node).toBeNull()
  })

  test('is gone once it is deleted, with its secrets and memberships, and stays in the log by its name', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Gone soon')
    await w.owner.mutate('addMachineMember', { organizationId: w.acme.id, applicationId: id, roleIds: [] })
    const { secret } = await make(id)
    const { clientId } = await secretsOf(id)
    const { result, ...journal } = await written(w, () =>
      w.owner.mutate(
        'deleteMachineApplication',
        { applicationId: id },
        '... on DeleteMachineApplicationPayload { deletedApplicationId }',
      ),
    )
    expect(result.deletedApplicationId).toBe(id)
    expect(journal.audit.map(entry => [entry.action, entry.target])).toEqual([
      ['MEMBER_REMOVED', 'Membership Gone soon'],
      ['MACHINE_APPLICATION_DELETED', 'MachineApplication Gone soon'],
    ])
    expect(await verifyClientSecret(services, clientId, secret)).toBe(false)
  })
})

async function operatorWith(permissions: string[]) {
  const operator = await w.person()
  await w.operator.mutate('setManagementPermissions', { principalId: await operator.id(), permissions })
  return operator
}
