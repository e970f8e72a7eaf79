import { describe, expect, test } from 'vitest'
import { memberWith, operatorWith } from '../kit/holders.ts'
import { uuidOf, wholeJournal, written } from '../kit/journal.ts'
import { world } from '../kit/world.ts'

const payload =
  '... on CreateMachineApplicationPayload { machineApplication { id displayName clientId lastUsedAt managementPermissions memberships { totalCount } } }'
const invalid = '... on InvalidInputError { issues { path message } }'

test('an operator creates a machine application, which is nothing and nowhere yet (MGT-2)', async () => {
  const { operator } = await world()
  const result = await operator.mutate('createMachineApplication', { name: '  Nightly sync ' }, payload)
  expect(result.machineApplication).toMatchObject({
    displayName: 'Nightly sync',
    clientId: expect.stringMatching(/^app_[\w-]{16,}$/),
    lastUsedAt: null,
    managementPermissions: [],
    memberships: { totalCount: 0 },
  })
})

test('two applications of one name are two, with client ids of their own', async () => {
  const { operator } = await world()
  const make = async () =>
    (await operator.mutate('createMachineApplication', { name: 'Sync' }, payload)).machineApplication
  const [first, second] = [await make(), await make()]
  expect(first.id).not.toBe(second.id)
  expect(first.clientId).not.toBe(second.clientId)
})

test('whoever holds only applications:write gets what they made, and no list of it (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const holder = await operatorWith(deployment, ['APPLICATIONS_WRITE'])
  const made = await holder.mutate(
    'createMachineApplication',
    { name: 'Sync' },
    '... on CreateMachineApplicationPayload { machineApplication { displayName clientId } }',
  )
  expect(made.machineApplication.displayName).toBe('Sync')
  const answer = await holder.send('{ machineApplications { nodes { id } } }')
  expect(answer.errors[0]?.extensions.code).toBe('FORBIDDEN')
})

test('only operators with applications:write create machine applications (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { owner, acme, machine, person, anonymous } = deployment
  const input = { name: 'Sync' }
  const others = ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'TEMPLATE_WRITE', 'USERS_READ', 'MANAGEMENT_WRITE']
  const adder = await memberWith(acme, ['member:add', 'member:read'])
  for (const client of [owner, adder, await machine(), await person(), await operatorWith(deployment, others)])
    expect(await client.refusal('createMachineApplication', input)).toBe('FORBIDDEN')
  expect(await anonymous().refusal('createMachineApplication', input)).toBe('UNAUTHENTICATED')
})

describe('bad input', () => {
  test.each([
    ['an empty name', ''],
    ['a blank name', '   '],
    ['a name of 129 characters', 'x'.repeat(129)],
    ['a name with a line break', 'a\nb'],
    ['a name with U+0000', 'a\u0000'],
    ['a name that turns the writing around', 'a\u202eb'],
  ])('%s is refused', async (_, name) => {
    const { operator } = await world()
    const result = await operator.mutate('createMachineApplication', { name }, invalid)
    expect(result.__typename).toBe('InvalidInputError')
    expect(result.issues[0].path).toEqual(['input', 'name'])
  })

  test('a missing name, and a client id of the caller’s choice, are BAD_USER_INPUT', async () => {
    const { operator } = await world()
    for (const input of [{}, { name: null }, { name: 'Sync', clientId: 'mine' }])
      expect(await operator.refusal('createMachineApplication', input)).toBe('BAD_USER_INPUT')
  })
})

test('one entry and one event tell of it, and nothing that opens a door (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { operator } = deployment
  const { result, audit, outbox } = await written(deployment, () =>
    operator.mutate('createMachineApplication', { name: 'Sync' }, payload),
  )
  expect(audit).toEqual([
    {
      where: 'deployment',
      action: 'MACHINE_APPLICATION_CREATED',
      actor: 'Operator',
      target: 'MachineApplication Sync',
      changes: [],
    },
  ])
  const applicationId = uuidOf(result.machineApplication.id)
  expect(outbox).toEqual([{ where: 'deployment', type: 'MACHINE_APPLICATION_CREATED', payload: { applicationId } }])
  expect(await wholeJournal(deployment)).not.toContain('secret')
})

test('a machine signs in with its client id and acts where it is a member, by its roles (MEM-10)', async () => {
  const { operator, acme, machine } = await world()
  const robot = await machine()
  const text = 'query($id: ID!) { organization(by: { id: $id }) { name members { totalCount } } }'
  expect((await robot.query(text, { id: acme.id })).organization).toBeNull()
  const roleIds = [await acme.customRole(['member:read'], { kind: 'MACHINE' })]
  await operator.mutate('addMachineMember', { organizationId: acme.id, applicationId: await robot.id(), roleIds })
  expect((await robot.query(text, { id: acme.id })).organization.members.totalCount).toBe(2)
})
