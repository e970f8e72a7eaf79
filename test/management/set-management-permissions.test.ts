import { expect, test } from 'vitest'
import type { Client } from '../kit/client.ts'
import { missingId, operatorWith } from '../kit/holders.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { world } from '../kit/world.ts'

const payload = '... on SetManagementPermissionsPayload { principal { id managementPermissions } }'
const invalid = '... on InvalidInputError { issues { path message } }'
const every = [
  'ORGANIZATIONS_READ',
  'ORGANIZATIONS_WRITE',
  'TEMPLATE_WRITE',
  'USERS_READ',
  'USERS_WRITE',
  'APPLICATIONS_WRITE',
  'AUDIT_READ',
  'MANAGEMENT_WRITE',
]

async function held(client: Client): Promise<string[]> {
  return (await client.query('{ viewer { managementPermissions } }')).viewer.managementPermissions
}

test('an operator grants management permissions, which hold on the very next request (MGT-2)', async () => {
  const { operator, person } = await world()
  const someone = await person()
  const input = { principalId: await someone.id(), permissions: ['AUDIT_READ', 'TEMPLATE_WRITE', 'AUDIT_READ'] }
  const { principal } = await operator.mutate('setManagementPermissions', input, payload)
  expect([...principal.managementPermissions].sort()).toEqual(['AUDIT_READ', 'TEMPLATE_WRITE'])
  expect([...(await held(someone))].sort()).toEqual(['AUDIT_READ', 'TEMPLATE_WRITE'])
  expect((await someone.send('{ auditEvents { totalCount } }')).errors).toEqual([])
})

test('the set replaces what was granted, by difference; an empty one takes all of it (TPL-5)', async () => {
  const { operator, person } = await world()
  const someone = await person()
  const principalId = await someone.id()
  for (const permissions of [['AUDIT_READ', 'USERS_READ'], ['USERS_READ', 'TEMPLATE_WRITE'], ['USERS_READ'], []]) {
    await operator.mutate('setManagementPermissions', { principalId, permissions })
    expect([...(await held(someone))].sort()).toEqual([...permissions].sort())
  }
  expect((await someone.send('{ users { totalCount } }')).errors[0]?.extensions.code).toBe('FORBIDDEN')
})

test('a machine application can be an operator (MGT-2)', async () => {
  const { operator, machine } = await world()
  const robot = await machine()
  await operator.mutate('setManagementPermissions', { principalId: await robot.id(), permissions: ['USERS_READ'] })
  expect((await robot.query('{ users { totalCount } }')).users.totalCount).toBeGreaterThan(0)
})

test('no permission is held by default but by the first operator (MGT-2)', async () => {
  const { operator, owner, machine, person } = await world()
  expect([...(await held(operator))].sort()).toEqual([...every].sort())
  for (const client of [owner, await machine(), await person()]) expect(await held(client)).toEqual([])
})

test('nobody grants what they do not hold, to others or to themselves (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { person } = deployment
  const attacker = await operatorWith(deployment, ['MANAGEMENT_WRITE', 'USERS_READ'])
  const victim = await (await person()).id()
  for (const permission of every.filter(one => one !== 'MANAGEMENT_WRITE' && one !== 'USERS_READ')) {
    const others = { principalId: victim, permissions: [permission] }
    expect(await attacker.refusal('setManagementPermissions', others)).toBe('FORBIDDEN')
    const own = { principalId: await attacker.id(), permissions: ['MANAGEMENT_WRITE', 'USERS_READ', permission] }
    expect(await attacker.refusal('setManagementPermissions', own)).toBe('FORBIDDEN')
  }
  expect([...(await held(attacker))].sort()).toEqual(['MANAGEMENT_WRITE', 'USERS_READ'])
  const allowed = { principalId: victim, permissions: ['USERS_READ', 'MANAGEMENT_WRITE'] }
  expect(await outcomeOf(attacker, 'setManagementPermissions', allowed)).toBe('SetManagementPermissionsPayload')
})

test('nobody takes away what they do not hold; all or nothing (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const attacker = await operatorWith(deployment, ['MANAGEMENT_WRITE', 'USERS_READ'])
  const victim = await operatorWith(deployment, ['AUDIT_READ', 'USERS_READ'])
  const principalId = await victim.id()
  for (const permissions of [[], ['USERS_READ'], ['MANAGEMENT_WRITE']])
    expect(await attacker.refusal('setManagementPermissions', { principalId, permissions })).toBe('FORBIDDEN')
  expect([...(await held(victim))].sort()).toEqual(['AUDIT_READ', 'USERS_READ'])
  const within = { principalId, permissions: ['AUDIT_READ', 'MANAGEMENT_WRITE'] }
  expect(await outcomeOf(attacker, 'setManagementPermissions', within)).toBe('SetManagementPermissionsPayload')
  expect([...(await held(victim))].sort()).toEqual(['AUDIT_READ', 'MANAGEMENT_WRITE'])
})

test('without management:write nobody grants anything, whatever else they hold (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { owner, person, machine, anonymous } = deployment
  const almost = await operatorWith(
    deployment,
    every.filter(permission => permission !== 'MANAGEMENT_WRITE'),
  )
  const someone = await person()
  for (const client of [almost, owner, someone, await machine()]) {
    const input = { principalId: await client.id(), permissions: ['AUDIT_READ'] }
    expect(await client.refusal('setManagementPermissions', input)).toBe('FORBIDDEN')
  }
  const input = { principalId: await someone.id(), permissions: ['AUDIT_READ'] }
  expect(await anonymous().refusal('setManagementPermissions', input)).toBe('UNAUTHENTICATED')
})

test('whoever holds management:write alone reaches themselves and fellow members, and learns of nobody else (MEM-12)', async () => {
  const deployment = await world({ isolated: true })
  const { person, owner } = deployment
  const alone = await operatorWith(deployment, ['MANAGEMENT_WRITE'])
  const text =
    'mutation($input: SetManagementPermissionsInput!) { setManagementPermissions(input: $input) { __typename } }'
  const ask = async (principalId: string) => {
    const { data, errors } = await alone.send(text, { input: { principalId, permissions: ['MANAGEMENT_WRITE'] } })
    return { data, errors: errors.map(({ message, extensions }) => ({ message, extensions })) }
  }
  const stranger = await ask(await (await person()).id())
  expect(stranger).toEqual(await ask(missingId('User')))
  expect(stranger.errors[0]?.extensions.code).toBe('NOT_FOUND')
  expect((await ask(await owner.id())).errors[0]?.extensions.code).toBe('NOT_FOUND')
  const own = { principalId: await alone.id(), permissions: [] }
  expect(await outcomeOf(alone, 'setManagementPermissions', own)).toBe('SetManagementPermissionsPayload')
  expect(await held(alone)).toEqual([])
})

test('one who is an operator by configuration is changed there, not here (MGT-2)', async () => {
  const { operator } = await world()
  for (const permissions of [[], ['AUDIT_READ']]) {
    const input = { principalId: await operator.id(), permissions }
    const result = await operator.mutate('setManagementPermissions', input, invalid)
    expect(result.__typename).toBe('InvalidInputError')
    expect(result.issues[0].path).toEqual(['input', 'principalId'])
  }
  expect((await held(operator)).length).toBe(every.length)
})

test('granting opens nothing inside an organization but what the permission says (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { acme } = deployment
  const blind = ['TEMPLATE_WRITE', 'USERS_READ', 'APPLICATIONS_WRITE', 'MANAGEMENT_WRITE']
  const text =
    'query($id: ID!) { organization(by: { id: $id }) { viewerPermissions { key } auditEvents { totalCount } } }'
  const outside = await operatorWith(deployment, blind)
  expect((await outside.query(text, { id: acme.id })).organization).toBeNull()
  const reader = await operatorWith(deployment, ['ORGANIZATIONS_READ'])
  expect((await reader.query(text, { id: acme.id })).organization).toEqual({
    viewerPermissions: [
      'application:read',
      'domain:read',
      'invitation:read',
      'invite-link:read',
      'join-request:read',
      'member:read',
      'sign-in-policy:read',
      'sso:read',
    ].map(key => ({
      key,
    })),
    auditEvents: null,
  })
})

test('bad input is BAD_USER_INPUT', async () => {
  const { operator, acme, person } = await world()
  const principalId = await (await person()).id()
  const wrong = [
    { principalId },
    { principalId, permissions: ['EVERYTHING'] },
    { principalId, permissions: [null] },
    { principalId, permissions: ['audit:read'] },
    { principalId: acme.id, permissions: [] },
    { principalId: 'operator@tenantry.test', permissions: [] },
  ]
  for (const input of wrong) expect(await operator.refusal('setManagementPermissions', input)).toBe('BAD_USER_INPUT')
  const missing = { principalId: missingId('User'), permissions: [] }
  expect(await operator.refusal('setManagementPermissions', missing)).toBe('NOT_FOUND')
})
