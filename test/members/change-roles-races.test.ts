import { expect, test } from 'vitest'
import { memberWith } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { rounds } from '../kit/rounds.ts'
import { actionsOf } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { createRole, keysOf, rolesHeld } from '../roles/template.ts'

const bulk = 'changeRolesOfMembers'

const errors = ({ log }: World) => log.filter(line => line.includes('"level":"error"'))

test('two who take the owner role from one another’s owners at once leave one (MEM-6, ROL-5)', async () => {
  const w = await world()
  const removeRoleIds = [await w.roleId('Owner')]
  for (const _ of rounds) {
    const organization = await w.organization(w.owner)
    const second = await organization.member({ roles: ['Owner'] })
    const pair = [organization.ownerMembershipId, second.membershipId]
    const outcomes = await Promise.all(
      pair.map(one =>
        outcomeOf(w.operator, bulk, { organizationId: organization.id, membershipIds: [one], removeRoleIds }),
      ),
    )
    expect(outcomes.toSorted()).toEqual(['ChangeRolesOfMembersPayload', 'LastOwnerError'])
  }
})

test('a role is given to many or deleted, never both, and given to all or none (ROL-2, ROL-5)', async () => {
  const w = await world({ isolated: true })
  const members = await Promise.all([1, 2, 3].map(() => w.acme.member({ roles: [] })))
  const membershipIds = members.map(member => member.membershipId)
  for (const round of rounds) {
    const roleId = round % 2 === 0 ? await createRole(w.operator, `Role ${round}`) : await w.acme.customRole([])
    const input = { organizationId: w.acme.id, membershipIds, addRoleIds: [roleId] }
    const [deleted, given] = await Promise.all([
      outcomeOf(w.operator, 'deleteRole', { roleId }),
      outcomeOf(w.owner, bulk, input),
    ])
    const wins = { DeleteRolePayload: 'RoleNotAssignableError', RoleInUseError: 'ChangeRolesOfMembersPayload' }
    expect(Object.entries(wins)).toContainEqual([deleted, given])
    const held = await Promise.all(membershipIds.map(id => rolesHeld(w.owner, id)))
    expect(new Set(held.map(roles => roles.length))).toEqual(new Set([deleted === 'RoleInUseError' ? 1 : 0]))
    if (deleted === 'RoleInUseError') await w.owner.mutate(bulk, { ...input, addRoleIds: [], removeRoleIds: [roleId] })
  }
  expect(errors(w)).toEqual([])
})

test('overlapping calls at once give each role once, and write one entry for each change (ROL-5, TPL-5)', async () => {
  const w = await world()
  const addRoleIds = [await w.roleId('Admin')]
  const members = await Promise.all([1, 2, 3, 4].map(() => w.acme.member({ roles: [] })))
  const ids = members.map(member => member.membershipId)
  for (const _ of rounds) {
    const { result, ...journal } = await written(w, () =>
      Promise.all(
        [ids, ids.toReversed(), ids.slice(1)].map(membershipIds =>
          outcomeOf(w.owner, bulk, { organizationId: w.acme.id, membershipIds, addRoleIds }),
        ),
      ),
    )
    expect(new Set(result)).toEqual(new Set(['ChangeRolesOfMembersPayload']))
    expect(actionsOf(journal).audit).toEqual(ids.map(() => 'MEMBER_ROLES_CHANGED'))
    await w.owner.mutate(bulk, { organizationId: w.acme.id, membershipIds: ids, removeRoleIds: addRoleIds })
  }
  expect(errors(w)).toEqual([])
})

test('a template role is changed while it is given: both happen, or the giver is told what they lack (ROL-3)', async () => {
  const w = await world({ isolated: true })
  const assigner = await memberWith(w.acme, ['member:read', 'member:assign-role'])
  const { membershipId } = await w.acme.member({ roles: [] })
  const [read, audit] = [await w.permissionId('member:read'), await w.permissionId('audit:read')]
  for (const round of rounds) {
    const roleId = await createRole(w.operator, `Role ${round}`, { permissionIds: [read] })
    const input = { organizationId: w.acme.id, membershipIds: [membershipId], addRoleIds: [roleId] }
    const [edited, given] = await Promise.all([
      outcomeOf(w.operator, 'updateRole', { roleId, permissionIds: [read, audit] }),
      outcomeOf(assigner, bulk, input),
    ])
    expect(edited).toBe('UpdateRolePayload')
    expect(['ChangeRolesOfMembersPayload', 'PermissionEscalationError']).toContain(given)
    expect(await keysOf(w.operator, roleId)).toEqual(['audit:read', 'member:read'])
    const isGiven = given === 'ChangeRolesOfMembersPayload'
    expect(await rolesHeld(w.owner, membershipId)).toEqual(isGiven ? [`Role ${round}`] : [])
    await w.operator.mutate('replaceMemberRoles', { membershipId, roleIds: [] })
    // There are only so many in a template.
    expect(await outcomeOf(w.operator, 'deleteRole', { roleId })).toBe('DeleteRolePayload')
  }
  expect(errors(w)).toEqual([])
})
