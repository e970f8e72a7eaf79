import { expect, test } from 'vitest'
import { operatorWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { rounds } from '../kit/rounds.ts'
import { world } from '../kit/world.ts'

test('of two sets granted at once the principal holds one or the other, not both (TPL-5)', async () => {
  const { operator, person } = await world({ isolated: true })
  const someone = await person()
  const principalId = await someone.id()
  for (const _ of rounds) {
    await operator.mutate('setManagementPermissions', { principalId, permissions: [] })
    const sets = [['AUDIT_READ', 'USERS_READ'], ['TEMPLATE_WRITE']]
    const outcomes = await Promise.all(
      sets.map(permissions => outcomeOf(operator, 'setManagementPermissions', { principalId, permissions })),
    )
    expect(new Set(outcomes)).toEqual(new Set(['SetManagementPermissionsPayload']))
    const held = (await someone.query('{ viewer { managementPermissions } }')).viewer.managementPermissions
    expect(sets).toContainEqual([...held].sort())
  }
})

test('the same set granted, or taken, several times at once is one change in the log (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, person } = deployment
  const principalId = await (await person()).id()
  for (const permissions of rounds.map(round => (round % 2 === 0 ? ['AUDIT_READ'] : []))) {
    const { audit, outbox } = await written(deployment, () =>
      Promise.all([1, 2, 3].map(() => outcomeOf(operator, 'setManagementPermissions', { principalId, permissions }))),
    )
    expect([audit.length, outbox.length]).toEqual([1, 1])
  }
})

test('a change of grants is one entry and one event; the same set again is none; a refusal is written as such (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, person } = deployment
  const someone = await person('ada.lovelace@people.test')
  const principalId = await someone.id()
  await operator.mutate('setManagementPermissions', { principalId, permissions: ['AUDIT_READ', 'USERS_READ'] })
  const input = { principalId, permissions: ['USERS_READ', 'MANAGEMENT_WRITE'] }
  const change = await written(deployment, () => operator.mutate('setManagementPermissions', input))
  expect(change.audit).toEqual([
    {
      where: 'deployment',
      action: 'MANAGEMENT_PERMISSIONS_CHANGED',
      actor: 'Operator',
      target: 'User Ada Lovelace',
      changes: [{ field: 'permissions', before: 'audit:read', after: 'management:write' }],
    },
  ])
  const payload = { principalId: uuidOf(principalId), added: ['management:write'], removed: ['audit:read'] }
  expect(change.outbox).toEqual([{ where: 'deployment', type: 'MANAGEMENT_PERMISSIONS_CHANGED', payload }])
  const again = await written(deployment, () => operator.mutate('setManagementPermissions', input))
  expect([again.audit, again.outbox]).toEqual([[], []])

  const own = { principalId, permissions: ['USERS_READ', 'MANAGEMENT_WRITE', 'TEMPLATE_WRITE'] }
  const refused = await written(deployment, () => someone.refusal('setManagementPermissions', own))
  expect(refused.audit).toEqual([
    {
      where: 'deployment',
      action: 'WRITE_REFUSED',
      actor: 'Ada Lovelace',
      target: 'Mutation setManagementPermissions',
      changes: [{ field: 'reason', before: null, after: 'You do not hold template:write yourself.' }],
    },
  ])
  expect(refused.outbox).toEqual([])
})

test('a machine that is made an operator is named as the machine it is (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const principalId = await (await deployment.machine()).id()
  const input = { principalId, permissions: ['AUDIT_READ'] }
  const { audit } = await written(deployment, () => deployment.operator.mutate('setManagementPermissions', input))
  expect(audit[0]?.target).toBe('MachineApplication Sync')
})

test('an operator whose grants are taken is none on the very next request (ROL-4)', async () => {
  const deployment = await world({ isolated: true })
  const reader = await operatorWith(deployment, ['AUDIT_READ'])
  expect((await reader.send('{ auditEvents { totalCount } }')).errors).toEqual([])
  const input = { principalId: await reader.id(), permissions: [] }
  await deployment.operator.mutate('setManagementPermissions', input)
  expect((await reader.send('{ auditEvents { totalCount } }')).errors[0]?.extensions.code).toBe('FORBIDDEN')
})
