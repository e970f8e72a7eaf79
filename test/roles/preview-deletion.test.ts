import { expect, test } from 'vitest'
import type { Client, Loose } from '../kit/client.ts'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { changed, promised } from './previews.ts'
import { createApiResource, createPermission, createRole } from './template.ts'

const fields = `refusal { resultType message } templateRoles { name } customRoleCount memberCount organizationCount
  permissions { permission { key } isGained memberCount organizationCount }
  members(first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    nodes { membership { id } gains { key } loses { key } } }`
const queries = {
  permission: `query($id: ID!, $after: String) { preview: previewPermissionDeletion(permissionId: $id) { ${fields} } }`,
  resource: `query($id: ID!, $after: String) { preview: previewApiResourceDeletion(apiResourceId: $id) { ${fields} } }`,
}

/** What the preview of a deletion says, with all pages of its members. */
async function previewOf(by: Client, of: keyof typeof queries, id: string): Promise<Loose | null> {
  const { preview } = await by.query(queries[of], { id })
  if (preview === null || preview.members === null) return preview
  const members: Loose[] = [...preview.members.nodes]
  for (let page = preview.members; page.pageInfo.hasNextPage; ) {
    page = (await by.query(queries[of], { id, after: page.pageInfo.endCursor })).preview.members
    members.push(...page.nodes)
  }
  return { ...preview, total: preview.members.totalCount, members }
}

/** Three permissions, two of them of an API, held by template roles and custom roles, once and twice, in two organizations. */
async function deployment() {
  const w = await world({ isolated: true })
  const { operator } = w
  const resource = await createApiResource(operator, 'https://api.test')
  const plain = await createPermission(operator, 'invoice:read')
  const ofApi = [
    await createPermission(operator, 'bill:read', resource),
    await createPermission(operator, 'bill:pay', resource),
  ]
  await createRole(operator, 'Clerk', { permissionIds: [plain, ofApi[0] ?? ''] })
  await createRole(operator, 'Payer', { permissionIds: ofApi })
  await createRole(operator, 'Idle', { permissionIds: [] })
  const other = await w.organization(await w.person())
  for (const id of [plain, ...ofApi])
    await operator.mutate('updatePermission', { permissionId: id, isOpenToCustomRoles: true })
  const custom = await operator.mutate(
    'createCustomRole',
    { organizationId: w.acme.id, name: 'Own', permissionIds: [plain, ...ofApi] },
    '... on CreateCustomRolePayload { role { id } }',
  )
  expect(custom.__typename).toBe('CreateCustomRolePayload')
  await w.acme.member({ roles: ['Clerk', 'Payer'] })
  await w.acme.member({ roles: ['Own', 'Clerk'] })
  await w.acme.member({ roles: ['Idle'] })
  const { membershipId } = await w.acme.member({ roles: ['Payer'] })
  // Who does not hold what the member does cannot suspend them; an operator can.
  await operator.mutate('suspendMember', { membershipId })
  const clerk = await operator.mutate(
    'addMember',
    { organizationId: other.id, userId: await (await w.person()).id(), roleIds: [await w.roleId('Clerk')] },
    '... on AddMemberPayload { membership { id } }',
  )
  expect(clerk.__typename).toBe('AddMemberPayload')
  return { w, plain, resource }
}

async function keepsItsWord(w: World, of: keyof typeof queries, id: string) {
  const preview = await previewOf(w.operator, of, id)
  const [name, input] =
    of === 'permission' ? ['deletePermission', { permissionId: id }] : ['deleteApiResource', { apiResourceId: id }]
  const { result, ...journal } = await written(w, () => previewOf(w.operator, of, id))
  expect(result).toEqual(preview)
  expect(actionsOf(journal)).toEqual(nothing)
  const { members, ...counts } = await changed(w, () => w.operator.mutate(name, input))
  expect(promised(preview)).toEqual({ ...counts, members })
  expect(preview?.total).toBe(members.length)
  return preview
}

test('the preview of the deletion of a permission says exactly what is lost, and by whom (TPL-6)', async () => {
  const { w, plain } = await deployment()
  expect(await keepsItsWord(w, 'permission', plain)).toMatchObject({
    refusal: null,
    templateRoles: [{ name: 'Clerk' }],
    customRoleCount: 1,
    memberCount: 3,
    organizationCount: 2,
  })
})

test('that of an API resource says it of all its permissions (TPL-10)', async () => {
  const { w, resource } = await deployment()
  expect(await keepsItsWord(w, 'resource', resource)).toMatchObject({
    refusal: null,
    templateRoles: [{ name: 'Clerk' }, { name: 'Payer' }],
    customRoleCount: 1,
    memberCount: 4,
    organizationCount: 2,
  })
})

test('of a gateway permission it says what the mutation would answer, and what would be lost (TPL-2)', async () => {
  const w = await world()
  const preview = await previewOf(w.operator, 'permission', await w.permissionId('member:suspend'))
  expect(preview).toMatchObject({
    refusal: {
      resultType: 'InvalidInputError',
      message: 'input.permissionId: A gateway permission cannot be deleted.',
    },
    templateRoles: [{ name: 'Owner' }, { name: 'Admin' }],
  })
})

test('what nobody holds takes nothing, and what is not there is null (TPL-6)', async () => {
  const w = await world({ isolated: true })
  const unused = await createPermission(w.operator, 'invoice:read')
  const none = { templateRoles: [], customRoleCount: 0, memberCount: 0, organizationCount: 0, permissions: [] }
  expect(await previewOf(w.operator, 'permission', unused)).toMatchObject({ ...none, members: [], total: 0 })
  expect(await previewOf(w.operator, 'permission', missingId('Permission'))).toBe(null)
  expect(await previewOf(w.operator, 'resource', missingId('ApiResource'))).toBe(null)
})

test('it takes template:write, and organizations:read to see who (MGT-2)', async () => {
  const { w, plain, resource } = await deployment()
  const blind = await operatorWith(w, ['TEMPLATE_WRITE'])
  expect(await previewOf(blind, 'permission', plain)).toMatchObject({
    ...{ customRoleCount: 1, memberCount: 3, organizationCount: 2, members: null },
  })
  const others = await operatorWith(w, ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'USERS_READ'])
  for (const by of [w.owner, await memberWith(w.acme, ['role:manage', 'member:read']), others, await w.person()])
    for (const [of, id] of [['permission', plain] as const, ['resource', resource] as const])
      expect((await by.send(queries[of], { id })).errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
})
