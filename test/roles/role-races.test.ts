import { expect, test } from 'vitest'
import { written } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { rounds } from '../kit/rounds.ts'
import { withClient } from '../kit/server.ts'
import { type World, world } from '../kit/world.ts'
import { createPermission, createRole, keysOf, roleSeen, rolesHeld } from './template.ts'

/** Rows that name a role which is not there; the log of what nobody expected. */
async function dangling({ databaseUrl, log }: World) {
  const text = `select role_id from membership_role where role_id not in (select id from organization_role)
    union all select role_id from invitation_role where role_id not in (select id from organization_role)`
  const { rows } = await withClient(databaseUrl, client => client.query(text))
  return [...rows, ...log.filter(line => line.includes('"level":"error"'))]
}

/** Takes the roles of a round away, past all rules: template and organizations have room for so many. */
async function forgetRound({ databaseUrl }: Pick<World, 'databaseUrl'>) {
  await withClient(databaseUrl, client =>
    client.query(`delete from membership_role where role_id in (select id from organization_role where name ~ '\\d$');
      delete from invitation_role where role_id in (select id from organization_role where name ~ '\\d$');
      delete from template_role where name ~ '\\d$'; delete from custom_role where name ~ '\\d$'`),
  )
}

test('a custom role is deleted or given, never both (ROL-2)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, owner } = deployment
  const { membershipId } = await acme.member({ roles: [] })
  for (const round of rounds) {
    const roleId = await acme.customRole([], { name: `Role ${round}` })
    await owner.mutate('replaceMemberRoles', { membershipId, roleIds: [] })
    const [deleted, given] = await Promise.all([
      outcomeOf(owner, 'deleteRole', { roleId }),
      outcomeOf(owner, 'changeMemberRoles', { membershipId, addRoleIds: [roleId] }),
    ])
    const wins = { DeleteRolePayload: 'RoleNotAssignableError', RoleInUseError: 'ChangeMemberRolesPayload' }
    expect(Object.entries(wins)).toContainEqual([deleted, given])
    expect(await rolesHeld(owner, membershipId)).toEqual(deleted === 'RoleInUseError' ? [`Role ${round}`] : [])
    await forgetRound(deployment)
  }
  expect(await dangling(deployment)).toEqual([])
})

test('a template role is deleted or given, by whichever door, never both (ROL-2)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, owner, operator, person } = deployment
  const { membershipId } = await acme.member({ roles: [] })
  for (const round of rounds) {
    const roleId = await createRole(operator, `Role ${round}`)
    const at = { organizationId: acme.id, roleIds: [roleId] }
    const doors: [string, object][] = [
      ['changeMemberRoles', { membershipId, addRoleIds: [roleId] }],
      ['addMember', { ...at, userId: await (await person()).id() }],
      ['inviteMember', { ...at, email: `race-${round}@people.test` }],
    ]
    const [name, input] = doors[round % doors.length] ?? ['', {}]
    const by = name === 'addMember' ? operator : owner
    const race = [outcomeOf(operator, 'deleteRole', { roleId }), outcomeOf(by, name, input)]
    const [deleted, given] = await Promise.all(race)
    if (deleted === 'DeleteRolePayload') expect(given).toBe('RoleNotAssignableError')
    else expect([deleted, given]).toEqual(['RoleInUseError', expect.stringMatching(/Payload$/)])
    await forgetRound(deployment)
  }
  expect(await dangling(deployment)).toEqual([])
})

test('whoever is given a role while it is replaced ends with the replacement or without, never with nothing known (TPL-6)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, owner, operator } = deployment
  const replacementRoleId = await createRole(operator, 'Clerk')
  const { membershipId } = await acme.member({ roles: [] })
  for (const round of rounds) {
    const roleId =
      round % 2 === 0
        ? await createRole(operator, `Role ${round}`)
        : await acme.customRole([], { name: `Custom ${round}` })
    await owner.mutate('replaceMemberRoles', { membershipId, roleIds: [] })
    const [deleted, given] = await Promise.all([
      outcomeOf(operator, 'deleteRole', { roleId, replacementRoleId }),
      outcomeOf(owner, 'changeMemberRoles', { membershipId, addRoleIds: [roleId] }),
    ])
    expect(deleted).toBe('DeleteRolePayload')
    expect(['RoleNotAssignableError', 'ChangeMemberRolesPayload']).toContain(given)
    expect(await rolesHeld(owner, membershipId)).toEqual(given === 'ChangeMemberRolesPayload' ? ['Clerk'] : [])
    await forgetRound(deployment)
  }
  expect(await dangling(deployment)).toEqual([])
})

test('two roles that are deleted at once, each in favor of the other: one stays (TPL-6)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, operator } = deployment
  for (const round of rounds) {
    const [first, second] = [await createRole(operator, `A ${round}`), await createRole(operator, `B ${round}`)]
    for (const role of ['A', 'B']) await acme.member({ roles: [`${role} ${round}`] })
    const outcomes = await Promise.all([
      outcomeOf(operator, 'deleteRole', { roleId: first, replacementRoleId: second }),
      outcomeOf(operator, 'deleteRole', { roleId: second, replacementRoleId: first }),
    ])
    expect([...outcomes].sort()).toEqual(['DeleteRolePayload', 'RoleNotAssignableError'])
    await forgetRound(deployment)
  }
  expect(await dangling(deployment)).toEqual([])
})

test('an invitation is accepted while its role is replaced: the member holds what is there (INV-6)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, owner, operator, person } = deployment
  const replacementRoleId = await createRole(operator, 'Clerk')
  for (const round of rounds) {
    const roleId = await createRole(operator, `Role ${round}`)
    const invited = await person()
    const invite = { organizationId: acme.id, email: invited.email, roleIds: [roleId] }
    const { invitation } = await owner.mutate(
      'inviteMember',
      invite,
      '... on InviteMemberPayload { invitation { id } }',
    )
    const outcomes = await Promise.all([
      outcomeOf(invited, 'acceptInvitation', { invitation: { id: invitation.id } }),
      outcomeOf(operator, 'deleteRole', { roleId, replacementRoleId }),
    ])
    expect(outcomes).toEqual(['AcceptInvitationPayload', 'DeleteRolePayload'])
    await forgetRound(deployment)
  }
  expect(await dangling(deployment)).toEqual([])
})

test('a role is deleted once, however many delete it at once, and noted once (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, operator } = deployment
  for (const round of rounds) {
    const roleId =
      round % 2 === 0
        ? await createRole(operator, `Role ${round}`)
        : await acme.customRole([], { name: `Custom ${round}` })
    const { result, audit, outbox } = await written(deployment, () =>
      Promise.all([1, 2, 3].map(() => outcomeOf(operator, 'deleteRole', { roleId }))),
    )
    expect([...result].sort()).toEqual(['DeleteRolePayload', 'NOT_FOUND', 'NOT_FOUND'])
    expect([audit.length, outbox.length]).toEqual([1, 1])
    await forgetRound(deployment)
  }
})

test('a role that becomes the default is not deleted at the same time (TPL-8)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, roleId } = deployment
  const member = await roleId('Member')
  for (const round of rounds) {
    const role = await createRole(operator, `Role ${round}`)
    const [changed, deleted] = await Promise.all([
      outcomeOf(operator, 'updateOrganizationTemplate', { defaultRoleId: role }),
      outcomeOf(operator, 'deleteRole', { roleId: role }),
    ])
    const isKept = deleted === 'InvalidInputError'
    expect([changed, deleted]).toEqual(
      isKept
        ? ['UpdateOrganizationTemplatePayload', 'InvalidInputError']
        : ['RoleNotAssignableError', 'DeleteRolePayload'],
    )
    const data = await operator.query('{ organizationTemplate { defaultRole { id } } }')
    expect(data.organizationTemplate.defaultRole).toEqual({ id: isKept ? role : member })
    await operator.mutate('updateOrganizationTemplate', { defaultRoleId: member })
    await forgetRound(deployment)
  }
})

test('of two sets of permissions given to a role at once, it holds one or the other, not both (TPL-5)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, owner, operator, permissionId } = deployment
  const [read, audit] = [await permissionId('member:read'), await permissionId('audit:read')]
  for (const round of rounds) {
    const isCustom = round % 2 === 0
    const roleId = isCustom
      ? await acme.customRole([], { name: `Custom ${round}` })
      : await createRole(operator, `Role ${round}`)
    const by = isCustom ? owner : operator
    const outcomes = await Promise.all([
      outcomeOf(by, 'updateRole', { roleId, permissionIds: [read] }),
      outcomeOf(by, 'updateRole', { roleId, permissionIds: [audit] }),
    ])
    expect(outcomes).toEqual(['UpdateRolePayload', 'UpdateRolePayload'])
    expect([['member:read'], ['audit:read']]).toContainEqual(await keysOf(by, roleId))
    await forgetRound(deployment)
  }
})

test('a permission is deleted while roles take it: none is left with it, and nothing fails unexpectedly (TPL-6)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, operator } = deployment
  const template = await createRole(operator, 'Clerk')
  for (const round of rounds) {
    const permission = await createPermission(operator, `invoice:v${round}`)
    const at = { name: `Role ${round}`, permissionIds: [permission] }
    const [deleted, ...taken] = await Promise.all([
      outcomeOf(operator, 'deletePermission', { permissionId: permission }),
      outcomeOf(operator, 'createTemplateRole', at),
      outcomeOf(operator, 'createCustomRole', { ...at, organizationId: acme.id, name: `Custom ${round}` }),
      outcomeOf(operator, 'updateRole', { roleId: template, permissionIds: [permission] }),
    ])
    expect(deleted).toBe('DeletePermissionPayload')
    for (const outcome of taken) expect(outcome).toMatch(/Payload$|^InvalidInputError$/)
    expect(await keysOf(operator, template)).toEqual([])
    await forgetRound(deployment)
  }
  expect(await roleSeen(operator, template)).toMatchObject({ name: 'Clerk' })
  expect(await dangling(deployment)).toEqual([])
})
