import { expect, test } from 'vitest'
import type { Client } from '../kit/client.ts'
import { written } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { rounds } from '../kit/rounds.ts'
import { world } from '../kit/world.ts'
import { createApiResource, createPermission } from './template.ts'

test('of several who take one name, key or audience at once, one gets it and is noted (TPL-2, TPL-3, TPL-10)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, owner, acme } = deployment
  for (const round of rounds) {
    const name = `Role ${round}`
    const races: [Client, string, object][] = [
      [operator, 'createTemplateRole', { name, permissionIds: [] }],
      [owner, 'createCustomRole', { name: `Custom ${round}`, organizationId: acme.id, permissionIds: [] }],
      [operator, 'createPermission', { key: `invoice:v${round}`, description: 'x' }],
      [operator, 'createApiResource', { audience: `https://api.test/${round}`, name }],
    ]
    for (const [client, mutation, input] of races) {
      const { result, audit, outbox } = await written(deployment, () =>
        Promise.all([1, 2, 3].map(() => outcomeOf(client, mutation, input))),
      )
      const won = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Payload`
      expect([...result].sort()).toEqual([won, 'InvalidInputError', 'InvalidInputError'].sort())
      expect([audit.length, outbox.length]).toEqual([1, 1])
    }
  }
})

test('of two roles that are renamed alike at once, one gets the name (TPL-3)', async () => {
  const { owner, acme } = await world({ isolated: true })
  const roles = [await acme.customRole([]), await acme.customRole([])]
  for (const round of rounds) {
    const rename = (roleId: string) => outcomeOf(owner, 'updateRole', { roleId, name: `Name ${round}` })
    expect((await Promise.all(roles.map(rename))).sort()).toEqual(['InvalidInputError', 'UpdateRolePayload'])
  }
})

test('a permission or an API is deleted once, however many delete it at once, and noted once (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { operator } = deployment
  for (const round of rounds) {
    const permissionId = await createPermission(operator, `invoice:v${round}`)
    const apiResourceId = await createApiResource(operator, `https://api.test/${round}`)
    const races: [string, object][] = [
      ['deletePermission', { permissionId }],
      ['deleteApiResource', { apiResourceId }],
    ]
    for (const [mutation, input] of races) {
      const { result, audit, outbox } = await written(deployment, () =>
        Promise.all([1, 2, 3].map(() => outcomeOf(operator, mutation, input))),
      )
      expect(result.filter(outcome => outcome !== 'NOT_FOUND')).toHaveLength(1)
      expect([audit.length, outbox.length]).toEqual([1, 1])
    }
  }
})

test('what is changed while it is deleted is changed before, or not at all (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { operator } = deployment
  for (const round of rounds) {
    const permissionId = await createPermission(operator, `invoice:v${round}`)
    const apiResourceId = await createApiResource(operator, `https://api.test/${round}`)
    const { audit } = await written(deployment, () =>
      Promise.all([
        outcomeOf(operator, 'deletePermission', { permissionId }),
        outcomeOf(operator, 'updatePermission', { permissionId, description: 'Other.' }),
        outcomeOf(operator, 'deleteApiResource', { apiResourceId }),
        outcomeOf(operator, 'updateApiResource', { apiResourceId, name: 'Other' }),
        outcomeOf(operator, 'createPermission', { key: 'a:b', description: 'x', apiResourceId }),
      ]),
    )
    const counted = Map.groupBy(audit, entry => entry.action)
    expect([counted.get('PERMISSION_DELETED')?.length, counted.get('API_RESOURCE_DELETED')?.length]).toEqual([1, 1])
  }
  expect(deployment.log.filter(line => line.includes('"level":"error"'))).toEqual([])
})

test('of several defaults chosen at once there is one in the end, and the log ends with it (TPL-8)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, roleId } = deployment
  const names = ['Member', 'Admin']
  const ids = await Promise.all(names.map(name => roleId(name)))
  for (const _ of rounds) {
    const choose = (defaultRoleId: string | null) =>
      outcomeOf(operator, 'updateOrganizationTemplate', { defaultRoleId })
    const outcomes = await Promise.all([...ids, null].map(choose))
    expect(new Set(outcomes)).toEqual(new Set(['UpdateOrganizationTemplatePayload']))
    const data = await operator.query('{ organizationTemplate { roles { isDefault } } }')
    const defaults = data.organizationTemplate.roles.filter((role: { isDefault: boolean }) => role.isDefault)
    expect(defaults.length).toBeLessThanOrEqual(1)
  }
})
