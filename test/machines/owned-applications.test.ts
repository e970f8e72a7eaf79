import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { memberWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { bound } from '../kit/organization-token.ts'
import { withClient } from '../kit/server.ts'
import { type World, world } from '../kit/world.ts'
import { ownedApplication } from '../security/isolation/side.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

describe('an application that an organization owns', () => {
  test('is made by an admin who holds application:manage, and listed for who may read it', async () => {
    const admin = await memberWith(w.acme, ['application:manage', 'application:read'])
    const id = await ownedApplication(w.acme, admin, 'Billing')
    const query = `query($id: ID!) { organization(by: { id: $id }) { viewerCanCreateApplications
      applications { nodes { id displayName organization { id } secrets { id } viewerCanManage } } } }`
    const { organization } = await admin.query(query, { id: w.acme.id })
    expect(organization.viewerCanCreateApplications).toBe(true)
    expect(organization.applications.nodes).toContainEqual({
      ...{ id, displayName: 'Billing', organization: { id: w.acme.id }, secrets: [], viewerCanManage: true },
    })
    const plain = await w.acme.member()
    const { organization: seen } = await plain.query(query, { id: w.acme.id })
    expect(seen).toEqual({ viewerCanCreateApplications: false, applications: null })
    const input = { organizationId: w.acme.id, name: 'Mine' }
    expect(await plain.refusal('createMachineApplication', input)).toBe('FORBIDDEN')
    expect(await (await w.person()).refusal('createMachineApplication', input)).toBe('NOT_FOUND')
  })

  test('is a member there and nowhere else, whoever adds it (APP-1)', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Billing')
    const other = await w.organization(w.owner)
    const input = (organization: { id: string }) => ({
      ...{ organizationId: organization.id, applicationId: id, roleIds: [] },
    })
    for (const by of [w.owner, w.operator]) expect(await by.refusal('addMachineMember', input(other))).toBe('NOT_FOUND')
    expect((await w.owner.mutate('addMachineMember', input(w.acme))).__typename).toBe('AddMachineMemberPayload')
    // The database holds it, too.
    const insert = `insert into membership (organization_id, id, principal_id, kind, sort_name, origin, joined_at)
      values ($1, $2, $3, 'MACHINE', '', 'ADMIN', now())`
    await expect(
      withClient(w.databaseUrl, client => client.query(insert, [uuidOf(other.id), randomUUID(), uuidOf(id)])),
    ).rejects.toThrow('owned by another organization')
  })

  test('holds no management permission: it acts in its organization alone (APP-1)', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Billing')
    const input = { principalId: id, permissions: ['ORGANIZATIONS_READ'] }
    const { __typename } = await w.operator.mutate('setManagementPermissions', input)
    expect(__typename).toBe('InvalidInputError')
  })

  test('is no matter of operators who manage applications of the deployment (MGT-2)', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Billing')
    const operator = await w.person()
    const input = { principalId: await operator.id(), permissions: ['APPLICATIONS_WRITE', 'USERS_READ'] }
    await w.operator.mutate('setManagementPermissions', input)
    const attempts = {
      updateMachineApplication: { name: 'Mine' },
      createApplicationSecret: {},
      deleteMachineApplication: {},
    }
    for (const [name, more] of Object.entries(attempts))
      expect(await operator.refusal(name, { applicationId: id, ...more }), name).toBe('NOT_FOUND')
    const query =
      'query($id: ID!) { node(id: $id) { ... on MachineApplication { displayName organization { id } secrets { id } viewerCanManage } } }'
    expect((await operator.query(query, { id })).node).toEqual({
      ...{ displayName: 'Billing', organization: null, secrets: null, viewerCanManage: false },
    })
  })

  test('is renamed, which the log tells (MGT-3)', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Billing')
    const input = { applicationId: id, name: ' Accounts ' }
    const renamed = await written(w, () =>
      w.owner.mutate(
        'updateMachineApplication',
        input,
        '... on UpdateMachineApplicationPayload { machineApplication { displayName } }',
      ),
    )
    expect(renamed.result.machineApplication.displayName).toBe('Accounts')
    expect(renamed.audit).toMatchObject([
      { action: 'MACHINE_APPLICATION_UPDATED', changes: [{ field: 'name', before: 'Billing', after: 'Accounts' }] },
    ])
    const again = await written(w, () => w.owner.mutate('updateMachineApplication', { ...input, name: 'Accounts' }))
    expect(again.audit).toEqual([])
  })

  test('is one of at most 100', async () => {
    const owner = await w.person()
    const organization = await w.organization(owner)
    const [place] = [uuidOf(organization.id)]
    await withClient(w.databaseUrl, client =>
      client.query(
        `with made as (insert into principal (id, kind, display_name, client_id, created_at)
           select gen_random_uuid(), 'MACHINE', 'Many', gen_random_uuid(), now() from generate_series(1, 100) returning id)
         insert into organization_application (organization_id, application_id) select $1, id from made`,
        [place],
      ),
    )
    const input = { organizationId: organization.id, name: 'One more' }
    const { __typename } = await owner.mutate('createMachineApplication', input)
    expect(__typename).toBe('ApplicationLimitReachedError')
  })

  test('is managed with an organization token that says so, and with no other (TOK-7)', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Billing')
    const without = await bound(w, w.owner, w.acme, ['application:read'])
    expect(await without.refusal('createApplicationSecret', { applicationId: id })).toBe('FORBIDDEN')
    const with_ = await bound(w, w.owner, w.acme, ['application:read', 'application:manage'])
    expect((await with_.mutate('createApplicationSecret', { applicationId: id })).__typename).toMatch(/Payload$/)
    const ofDeployment = await w.machine()
    const operator = await bound(w, w.operator, w.acme, ['application:read', 'application:manage'])
    expect(await operator.refusal('createApplicationSecret', { applicationId: await ofDeployment.id() })).toBe(
      'NOT_FOUND',
    )
  })
})

describe('public keys', () => {
  const keyOf = (type: 'ed25519' | 'P-256' | 'rsa' | 'weak') => {
    const { publicKey, privateKey } =
      type === 'ed25519'
        ? generateKeyPairSync('ed25519')
        : type === 'P-256'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('rsa', { modulusLength: type === 'weak' ? 1024 : 2048 })
    return { public: publicKey.export({ format: 'jwk' }), private: privateKey.export({ format: 'jwk' }) }
  }
  const shown =
    '... on SetApplicationKeysPayload { machineApplication { keys { keyId thumbprint } } } ... on InvalidInputError { issues { path message } }'
  const set = (applicationId: string, keys: object[]) =>
    w.owner.mutate('setApplicationKeys', { applicationId, jwks: { keys } }, shown)

  test('are set by difference, each known by its thumbprint; the log names them (MGT-3)', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Billing')
    const [blue, green] = [
      { ...keyOf('P-256').public, kid: 'blue' },
      { ...keyOf('ed25519').public, kid: 'green' },
    ]
    const first = await written(w, () => set(id, [blue, keyOf('rsa').public]))
    const { keys } = first.result.machineApplication
    expect(keys.map((key: { keyId: string }) => key.keyId)).toContain('blue')
    expect(keys.every((key: { thumbprint: string }) => /^[\w-]{43}$/.test(key.thumbprint))).toBe(true)
    const second = await written(w, () => set(id, [blue, green]))
    expect(second.audit).toMatchObject([
      { action: 'APPLICATION_KEYS_SET', changes: [{ field: 'keys', after: 'green' }] },
    ])
    expect((await written(w, () => set(id, [green, blue]))).audit).toEqual([])
    // Another key under an id that is there replaces it.
    const other = await set(id, [{ ...keyOf('P-256').public, kid: 'blue' }, green])
    expect(other.machineApplication.keys).toHaveLength(2)
    expect((await set(id, [])).machineApplication.keys).toEqual([])
  })

  test('that are private, symmetric, weak, broken or named twice are refused, and nothing is set (APP-4)', async () => {
    const id = await ownedApplication(w.acme, w.owner, 'Billing')
    const good = { ...keyOf('P-256').public, kid: 'a' }
    const bad: [object, string][] = [
      [keyOf('P-256').private, 'This is a private key. Send public keys alone, and make a new one.'],
      [{ kty: 'oct', k: 'c2VjcmV0' }, 'This is a private key. Send public keys alone, and make a new one.'],
      [keyOf('weak').public, 'An RSA key has at least 2048 bits.'],
      [{ ...good, kid: 'b', x: good.y, y: good.y }, 'This is not a key: its numbers do not fit.'],
      [
        { kty: 'EC', crv: 'secp256k1' },
        'A key is of the type EC (P-256, P-384, P-521), OKP (Ed25519) or RSA (RFC 7517).',
      ],
      [{ ...keyOf('ed25519').public, kid: 'a' }, 'Another key has this id: a.'],
    ]
    for (const [key, message] of bad)
      expect((await set(id, [good, key])).issues).toEqual([{ path: ['input', 'jwks', 'keys', '1'], message }])
    const many = Array.from({ length: 11 }, () => good)
    expect((await set(id, many)).issues?.[0].message).toBe('At most 10 keys.')
    const query = 'query($id: ID!) { node(id: $id) { ... on MachineApplication { keys { keyId } } } }'
    expect((await w.owner.query(query, { id })).node.keys).toEqual([])
  })
})
