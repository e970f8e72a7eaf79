import { expect, test } from 'vitest'
import { operatorWith } from '../kit/holders.ts'
import { named } from '../kit/people.ts'
import { world } from '../kit/world.ts'

const query = `{ viewer { viewerCanCreateOrganization managementPermissions principal { __typename id displayName managementPermissions
  ... on User { email isEmailVerified avatarUrl } ... on MachineApplication { clientId lastUsedAt } } memberships { totalCount } invitations { totalCount } } }`

test('without a token there is no viewer: null, without an error', async () => {
  const { anonymous } = await world()
  expect(await anonymous().query(query)).toEqual({ viewer: null })
})

test('a user is made at the first request, and is the same at the next (MEM-2)', async () => {
  const w = await world()
  const ada = await named(w, 'ada.lovelace')
  const { viewer } = await ada.query(query)
  expect(viewer).toEqual({
    viewerCanCreateOrganization: true,
    managementPermissions: [],
    principal: {
      __typename: 'User',
      id: expect.any(String),
      displayName: 'Ada Lovelace',
      managementPermissions: [],
      email: ada.email,
      isEmailVerified: true,
      avatarUrl: null,
    },
    memberships: { totalCount: 0 },
    invitations: { totalCount: 0 },
  })
  expect((await ada.query(query)).viewer.principal.id).toBe(viewer.principal.id)
})

test('twenty first requests at once make one user (MEM-2)', async () => {
  const w = await world()
  const person = await named(w, 'race')
  const ids = await Promise.all(Array.from({ length: 20 }, () => person.id()))
  expect(new Set(ids).size).toBe(1)
  const { users } = await w.operator.query('query($search: String) { users(search: $search) { totalCount } }', {
    search: person.email,
  })
  expect(users.totalCount).toBe(1)
})

test('a machine is a viewer, too: with its client id, and since when it calls', async () => {
  const w = await world()
  const machine = await w.machine()
  const { viewer } = await machine.query(query)
  expect(viewer).toMatchObject({
    viewerCanCreateOrganization: false,
    managementPermissions: [],
    principal: { __typename: 'MachineApplication', displayName: 'Sync', clientId: machine.clientId },
    invitations: { totalCount: 0 },
  })
  expect(viewer.principal.lastUsedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

test('an operator sees what they may do, by configuration or by grant (MGT-2)', async () => {
  const w = await world()
  const all = (await w.operator.query(query)).viewer
  expect(all.managementPermissions).toHaveLength(8)
  expect(all.principal.managementPermissions.toSorted()).toEqual(all.managementPermissions.toSorted())
  const reader = await operatorWith(w, ['USERS_READ', 'AUDIT_READ'])
  const some = (await reader.query(query)).viewer
  expect(some.managementPermissions.toSorted()).toEqual(['AUDIT_READ', 'USERS_READ'])
  expect(some.principal.managementPermissions.toSorted()).toEqual(['AUDIT_READ', 'USERS_READ'])
})

test('what an operator may do is told to themselves and to who grants it, and to nobody else (MGT-2)', async () => {
  const w = await world()
  const operator = await operatorWith(w, ['USERS_READ'])
  const id = await operator.id()
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: id })
  const read = 'query($id: ID!) { node(id: $id) { ... on User { managementPermissions } } }'
  expect(await operator.query(read, { id })).toEqual({ node: { managementPermissions: ['USERS_READ'] } })
  expect(await w.operator.query(read, { id })).toEqual({ node: { managementPermissions: ['USERS_READ'] } })
  expect(await w.owner.query(read, { id })).toEqual({ node: { managementPermissions: null } })
  const granter = await operatorWith(w, ['MANAGEMENT_WRITE', 'USERS_READ'])
  expect(await granter.query(read, { id })).toEqual({ node: { managementPermissions: ['USERS_READ'] } })
})

test('a permission that is taken from an operator is gone on the very next request (ROL-4)', async () => {
  const w = await world()
  const reader = await operatorWith(w, ['ORGANIZATIONS_READ'])
  const byId = 'query($id: ID!) { organization(by: { id: $id }) { id } }'
  expect((await reader.query(byId, w.acme)).organization).not.toBeNull()
  await w.operator.mutate('setManagementPermissions', { principalId: await reader.id(), permissions: [] })
  expect((await reader.query(byId, w.acme)).organization).toBeNull()
})

test('a name that changed at the identity provider is shown, and searched for, everywhere from then on (MEM-8)', async () => {
  const w = await world()
  const member = await named(w, 'bea.before')
  const id = await member.id()
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: id })
  const list =
    'query($id: ID!, $search: String) { organization(by: { id: $id }) { members(filter: { search: $search }) { nodes { principal { id displayName } } } } }'
  const found = async () => (await w.owner.query(list, { id: w.acme.id, search: 'before' })).organization.members.nodes
  expect(await found()).toEqual([{ principal: { id, displayName: 'Bea Before' } }])
  // The same subject: the development issuer compares addresses without case, and makes the name of what it is given.
  const renamed = await w.person(member.email.replace('bea.before', 'BEA.BEFORE'))
  expect(await renamed.id()).toBe(id)
  expect(await found()).toEqual([{ principal: { id, displayName: 'BEA BEFORE' } }])
})
