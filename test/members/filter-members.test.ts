import { expect, test } from 'vitest'
import { memberWith, missingId } from '../kit/holders.ts'
import { seedMembers } from '../kit/rows.ts'
import { type TestOrganization, type World, world } from '../kit/world.ts'

const query = `query($id: ID!, $filter: MembershipFilter, $orderBy: MembershipOrder! = { field: DISPLAY_NAME, direction: ASC }) {
  organization(by: { id: $id }) { members(filter: $filter, orderBy: $orderBy, first: 100) {
    totalCount nodes { principal { displayName } roles { name } isOwner } } } }`

async function found(w: World, { id }: TestOrganization, filter: object) {
  const { organization } = await w.owner.query(query, { id, filter })
  const { totalCount, nodes } = organization.members
  expect(totalCount).toBe(nodes.length)
  return nodes.map((node: { principal: { displayName: string } }) => node.principal.displayName)
}

async function staff(): Promise<World> {
  const w = await world()
  await seedMembers(w, w.acme, [
    { name: 'Ada Lovelace', email: 'countess@analytical.test', origin: 'INVITATION' },
    { name: 'Ärger Müller', email: 'UPPER@Mixed.test', origin: 'SSO' },
    { name: '100% Cotton', email: 'under_score@analytical.test' },
    { name: '100 Cotton', email: 'underXscore@analytical.test' },
    { name: 'back\\slash', email: 'plus+tag@people.test' },
    { name: 'O\'Brien "Bob"', email: 'ob@people.test' },
  ])
  return w
}

test.each([
  ['part of a name', 'love', ['Ada Lovelace']],
  ['a name in capitals', 'ADA LOVE', ['Ada Lovelace']],
  ['letters beyond ASCII, in another case', 'ärger mÜLL', ['Ärger Müller']],
  ['part of an email address', 'countess@', ['Ada Lovelace']],
  ['an email address in another case', 'upper@MIXED.test', ['Ärger Müller']],
  ['what is in many', 'analytical', ['100 Cotton', '100% Cotton', 'Ada Lovelace']],
  ['spaces around it', '  lovelace ', ['Ada Lovelace']],
  ['a percent sign, as itself', '100%', ['100% Cotton']],
  ['an underscore, as itself', 'under_', ['100% Cotton']],
  ['a backslash, as itself', 'back\\', ['back\\slash']],
  ['an escaped wildcard, as itself', '\\%', []],
  ['a quote', "o'b", ['O\'Brien "Bob"']],
  ['SQL', "' or '1'='1", []],
  ['nothing that is there', 'nobody', []],
])('the search finds %s (MEM-8)', async (_what, search, names) => {
  const w = await staff()
  expect(await found(w, w.acme, { search })).toEqual(names)
})

test('an empty search, or one of spaces, or null, filters nothing (MEM-8)', async () => {
  const w = await staff()
  for (const search of ['', '   ', null]) expect(await found(w, w.acme, { search })).toHaveLength(7)
})

test('a search with characters that no name has finds nothing, and is never INTERNAL (MEM-8)', async () => {
  const w = await world()
  for (const search of ['a\u0000b', '\ud800']) {
    const answer = await w.owner.send(query, { id: w.acme.id, filter: { search } })
    const codes = answer.errors.map(error => error.extensions.code)
    if (codes.length > 0) expect(codes).toEqual(['BAD_USER_INPUT'])
    else expect(answer.data?.organization.members.nodes).toEqual([])
  }
})

test('a search of more than 128 characters is refused, as its description says (MEM-8)', async () => {
  const w = await world()
  expect(await found(w, w.acme, { search: 'x'.repeat(128) })).toEqual([])
  const answer = await w.owner.send(query, { id: w.acme.id, filter: { search: 'x'.repeat(129) } })
  expect(answer.errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
})

test('a filter by origin finds those who came that way (MEM-8, MEM-2)', async () => {
  const w = await staff()
  expect(await found(w, w.acme, { origin: 'SSO' })).toEqual(['Ärger Müller'])
  expect(await found(w, w.acme, { origin: 'ADMIN' })).toHaveLength(4)
  expect(await found(w, w.acme, { origin: 'CREATION' })).toHaveLength(1)
  expect(await found(w, w.acme, { origin: 'DIRECTORY' })).toEqual([])
})

test('a filter by kind tells people and machines apart (MEM-8)', async () => {
  const w = await staff()
  const applicationId = await (await w.machine()).id()
  await w.operator.mutate('addMachineMember', { organizationId: w.acme.id, applicationId, roleIds: [] })
  expect(await found(w, w.acme, { kind: 'MACHINE' })).toEqual(['Sync'])
  expect(await found(w, w.acme, { kind: 'USER' })).toHaveLength(7)
  expect(await found(w, w.acme, { kind: null })).toHaveLength(8)
})

test('a filter by roles finds who holds one of them, once, and does not cut the roles shown (MEM-8)', async () => {
  const w = await staff()
  await w.acme.member({ roles: ['Admin', 'Member'] })
  await w.acme.member({ roles: ['Member'] })
  const [admin, member, owner] = [await w.roleId('Admin'), await w.roleId('Member'), await w.roleId('Owner')]
  const rolesBy = async (roleIds: string[]) => {
    const { organization } = await w.owner.query(query, { id: w.acme.id, filter: { roleIds } })
    return organization.members.nodes.map((node: { roles: { name: string }[] }) =>
      node.roles.map(role => role.name).toSorted(),
    )
  }
  expect(await rolesBy([admin])).toEqual([['Admin', 'Member']])
  expect(await rolesBy([admin, member, admin])).toHaveLength(2)
  expect(await rolesBy([owner])).toEqual([['Owner']])
  expect(await rolesBy([])).toEqual([])
  expect(await rolesBy([missingId('OrganizationRole')])).toEqual([])
})

test('filters hold together (MEM-8)', async () => {
  const w = await staff()
  const lead = await w.acme.customRole(['member:read'], { name: 'Lead' })
  const one = await w.acme.member({ roles: ['Lead'] })
  const filter = { kind: 'USER', origin: 'OPERATOR', roleIds: [lead], search: one.email.slice(0, 20) }
  expect(await found(w, w.acme, filter)).toHaveLength(1)
  expect(await found(w, w.acme, { ...filter, origin: 'ADMIN' })).toEqual([])
  expect(await found(w, w.acme, { ...filter, kind: 'MACHINE' })).toEqual([])
})

test('the roles of a foreign organization are no way to look into it (MEM-8)', async () => {
  const w = await world()
  const foreign = await w.organization(await w.person())
  const roleId = await foreign.customRole(['member:read'], { name: 'Theirs' })
  await foreign.member({ roles: ['Theirs'] })
  expect(await found(w, w.acme, { roleIds: [roleId] })).toEqual([])
})

test('members are null without member:read, also with a filter that finds nobody', async () => {
  const w = await world()
  const blind = await memberWith(w.acme, ['member:add', 'member:remove'])
  const { organization } = await blind.query(query, { id: w.acme.id, filter: { search: 'nobody' } })
  expect(organization).toEqual({ members: null })
})

test.each([
  ['a role id that is none', { roleIds: ['nonsense'] }],
  ['the id of something else', { roleIds: [missingId('User')] }],
  ['more than 100 roles', { roleIds: Array.from({ length: 101 }, () => missingId('OrganizationRole')) }],
  ['an unknown kind', { kind: 'ROBOT' }],
  ['an unknown origin', { origin: 'NOWHERE' }],
  ['an unknown filter', { mood: 'GOOD' }],
  ['an unknown status', { status: 'AWAY' }],
])('%s is BAD_USER_INPUT (MEM-8)', async (_what, filter) => {
  const w = await world()
  const answer = await w.owner.send(query, { id: w.acme.id, filter })
  expect(answer.errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
})
