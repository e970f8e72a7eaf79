import { expect, test } from 'vitest'
import type { Client } from '../kit/client.ts'
import { world } from '../kit/world.ts'

const users = '{ users { totalCount } }'
const grant = (by: Client, principalId: string, permissions: string[]) =>
  by.mutate('setManagementPermissions', { principalId, permissions })
const codes = async (by: Client, query: string) =>
  (await by.send(query)).errors.map(({ extensions }) => extensions.code)

// A query begins as who its caller was at the one before. Twenty times in a row it also runs compiled.
for (const times of [1, 20])
  test(`after ${times} requests, what was granted and revoked since holds on the very next (MGT-2)`, async () => {
    const { operator, person } = await world()
    const someone = await person()
    const id = await someone.id()
    for (let count = 0; count < times; count += 1) expect(await codes(someone, users)).toEqual(['FORBIDDEN'])
    await grant(operator, id, ['USERS_READ'])
    for (let count = 0; count < times; count += 1) expect(await codes(someone, users)).toEqual([])
    await grant(operator, id, [])
    expect(await codes(someone, users)).toEqual(['FORBIDDEN'])
  })

test('what needs no statement of its own is answered as who the caller is now, too (MGT-2)', async () => {
  const { operator, person } = await world()
  const someone = await person()
  const id = await someone.id()
  const held = async () => (await someone.query('{ viewer { managementPermissions } }')).viewer.managementPermissions
  expect(await held()).toEqual([])
  await grant(operator, id, ['AUDIT_READ'])
  expect(await held()).toEqual(['AUDIT_READ'])
  await grant(operator, id, [])
  expect(await held()).toEqual([])
})

test('a mutation is never made as who the caller was (MGT-2)', async () => {
  const { operator, person } = await world()
  const someone = await person()
  const id = await someone.id()
  await grant(operator, id, ['TEMPLATE_WRITE'])
  expect(await codes(someone, '{ viewer { managementPermissions } }')).toEqual([])
  await grant(operator, id, [])
  expect(await someone.refusal('createPermission', { key: 'invoice:pay', description: 'Pay.' })).toBe('FORBIDDEN')
})

test('whoever takes their own permission reads the answer as who they are afterwards (MGT-2)', async () => {
  const { operator, person } = await world()
  const someone = await person()
  const id = await someone.id()
  await grant(operator, id, ['MANAGEMENT_WRITE', 'USERS_READ'])
  const { principal } = await someone.mutate(
    'setManagementPermissions',
    { principalId: id, permissions: [] },
    '... on SetManagementPermissionsPayload { principal { id } }',
  )
  expect(principal.id).toBe(id)
  expect(await codes(someone, users)).toEqual(['FORBIDDEN'])
})

test('who asks for the schema alone, asks the database nothing', async () => {
  const { person, statements } = await world()
  const someone = await person()
  await someone.id()
  statements.splice(0)
  expect(await someone.query('{ __typename }')).toEqual({ __typename: 'Query' })
  expect(statements).toEqual([])
})
