import { expect, test } from 'vitest'
import { missingId } from '../kit/holders.ts'
import { world } from '../kit/world.ts'

test('of several mutations in one document those before the one that failed stay, and those after it are not run', async () => {
  const { owner, acme } = await world()
  const role = (alias: string, organizationId: string) =>
    `${alias}: createCustomRole(input: { organizationId: "${organizationId}", name: "${alias}", permissionIds: [] }) { __typename }`
  const text = `mutation { ${role('first', acme.id)} ${role('second', missingId('Organization'))} ${role('third', acme.id)} }`
  const { data, errors } = await owner.send(text)
  expect(data).toBeNull()
  expect(errors).toMatchObject([{ path: ['second'], extensions: { code: 'NOT_FOUND' } }])
  const query = 'query($id: ID!) { organization(by: { id: $id }) { roles(filter: { isCustom: true }) { name } } }'
  expect((await owner.query(query, { id: acme.id })).organization.roles).toEqual([{ name: 'first' }])
})
