import { expect, test } from 'vitest'
import { memberWith, missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, refusedOnly, sql } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

/** The two mutations that change roles answer alike: each takes a membership and roles. */
const both: [name: string, roles: (ids: string[]) => object][] = [
  ['changeMemberRoles', ids => ({ addRoleIds: ids })],
  ['replaceMemberRoles', ids => ({ roleIds: ids })],
]

test.each(both)('%s needs member:assign-role; the refusal names it and is recorded', async (name, roles) => {
  const w = await world()
  const member = await memberWith(w.acme, ['member:read', 'member:remove', 'member:add', 'role:manage'])
  const input = { membershipId: member.membershipId, ...roles([await w.roleId('Member')]) }
  const { result, ...journal } = await written(w, () => refusalOf(member, name, input))
  expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'member:assign-role' })
  expect(actionsOf(journal)).toEqual(refusedOnly)
})

test.each(both)('%s does not touch who holds a permission that the viewer lacks (MEM-7)', async (name, roles) => {
  const w = await world()
  const assigner = await memberWith(w.acme, ['member:read', 'member:assign-role'])
  const auditor = await memberWith(w.acme, ['audit:read'])
  for (const target of [auditor, w.owner]) {
    const input = { membershipId: target.membershipId, ...roles([]) }
    const { result, ...journal } = await written(w, () => refusalOf(assigner, name, input))
    expect(result.extensions).toMatchObject({ code: 'FORBIDDEN' })
    expect(result.extensions.missing).toContain('audit:read')
    expect(actionsOf(journal)).toEqual(refusedOnly)
  }
})

test.each(both)(
  '%s does not touch who holds a product permission that the viewer lacks (MEM-7)',
  async (name, roles) => {
    const w = await world({ isolated: true })
    const made = await w.operator.mutate(
      'createPermission',
      { key: 'invoice:pay', description: 'Pay invoices.' },
      '... on CreatePermissionPayload { permission { id } }',
    )
    await w.operator.mutate('createTemplateRole', { name: 'Payer', permissionIds: [made.permission.id] })
    const payer = await w.acme.member({ roles: ['Payer'] })
    const { extensions } = await refusalOf(w.owner, name, { membershipId: payer.membershipId, ...roles([]) })
    expect(extensions).toEqual({ code: 'FORBIDDEN', missing: ['invoice:pay'] })
  },
)

test.each(both)(
  '%s: a membership that one cannot see answers like one that does not exist (MEM-5)',
  async (name, roles) => {
    const w = await world()
    const foreign = await (await w.organization(await w.person())).member()
    const blind = await memberWith(w.acme, ['member:assign-role'])
    const { result, ...journal } = await written(w, async () => [
      await refusalOf(w.owner, name, { membershipId: foreign.membershipId, ...roles([]) }),
      await refusalOf(w.owner, name, { membershipId: missingId('Membership'), ...roles([]) }),
      await refusalOf(blind, name, { membershipId: w.owner.membershipId, ...roles([]) }),
    ])
    expect(result[0]?.extensions.code).toBe('NOT_FOUND')
    expect(result.slice(1)).toEqual([result[0], result[0]])
    expect(actionsOf(journal)).toEqual(nothing)
  },
)

test.each(both)('%s: nobody who was removed changes anything any more (ROL-4)', async (name, roles) => {
  const w = await world()
  const admin = await w.acme.member({ roles: ['Admin'] })
  const member = await w.acme.member()
  await w.owner.mutate('removeMember', { membershipId: admin.membershipId })
  expect(await admin.refusal(name, { membershipId: member.membershipId, ...roles([]) })).toBe('NOT_FOUND')
})

test.each(both)(
  '%s: wrong ids and more than 100 roles are BAD_USER_INPUT; no token is UNAUTHENTICATED',
  async (name, roles) => {
    const w = await world()
    const { membershipId } = w.owner
    const bad: object[] = [
      { membershipId: w.acme.id, ...roles([]) },
      { membershipId: await w.owner.id(), ...roles([]) },
      { membershipId: '', ...roles([]) },
      { membershipId, ...roles([membershipId]) },
      { membershipId, ...roles(Array.from({ length: 101 }, () => missingId('OrganizationRole'))) },
      { ...roles([]) },
    ]
    for (const input of bad) expect(await w.owner.refusal(name, input)).toBe('BAD_USER_INPUT')
    expect(await w.anonymous().refusal(name, { membershipId, ...roles([]) })).toBe('UNAUTHENTICATED')
  },
)

test('a custom role is for its own organization, even where one belongs to both (ROL-2, TPL-9)', async () => {
  const w = await world()
  const other = await w.organization(w.owner)
  const roleId = await other.customRole(['member:read'])
  const member = await w.acme.member()
  const result = await w.owner.mutate(
    'changeMemberRoles',
    { membershipId: member.membershipId, addRoleIds: [roleId] },
    '... on RoleNotAssignableError { roleIds }',
  )
  expect(result).toMatchObject({ __typename: 'RoleNotAssignableError', roleIds: [roleId] })
})

test('a role of a foreign organization is told apart in nothing from one that does not exist (ROL-2)', async () => {
  const w = await world()
  const foreign = await (await w.organization(await w.person())).customRole(['member:read'])
  const { membershipId } = await w.acme.member()
  const selection = '... on RoleNotAssignableError { roleIds }'
  const of = (roleId: string) => w.owner.mutate('changeMemberRoles', { membershipId, addRoleIds: [roleId] }, selection)
  const [known, unknown] = [await of(foreign), await of(missingId('OrganizationRole'))]
  expect({ ...known, roleIds: [] }).toEqual({ ...unknown, roleIds: [] })
})

test('the database itself gives no machine a role for people, nor people one for machines (MEM-10)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const insert = `insert into membership_role (organization_id, membership_id, kind, template_role_id, assigned_at)
    values ($1, $2, $3, $4, now())`
  for (const kind of ['USER', 'MACHINE']) {
    const values = [uuidOf(w.acme.id), uuidOf(member.membershipId), kind, uuidOf(await w.roleId('Service'))]
    await expect(sql(w, insert, values)).rejects.toThrow(/membership_role_(membership|template)_fkey/)
  }
})
