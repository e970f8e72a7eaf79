import { expect, test } from 'vitest'
import { uuidOf } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { changed, previewOf, promised } from './previews.ts'
import { createPermission, createRole } from './template.ts'

/** Numbers that only seem to be random: the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return sides => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * sides)
  }
}

/** Two organizations and a deleted one, in which people and a machine hold roles of the template and of their own. */
async function crowd(w: World, roll: (sides: number) => number) {
  const { operator, acme, owner, person, organization } = w
  const permissions = await Promise.all([0, 1, 2, 3, 4].map(one => createPermission(operator, `thing:v${one}`)))
  const some = () => permissions.filter(() => roll(2) === 0)
  const names = ['A', 'B', 'C']
  const roles: string[] = []
  for (const name of names) roles.push(await createRole(operator, name, { permissionIds: some() }))
  const own: string[] = []
  for (const place of [acme, await organization(await person()), await organization(owner)]) {
    own.push(await place.customRole([], { name: 'Own' }))
    await sql(w, 'insert into custom_role_permission select $1, $2, unnest($3::uuid[])', [
      ...[uuidOf(place.id), uuidOf(own.at(-1) ?? ''), some().map(uuidOf)],
    ])
    for (let count = 0; count < 4; count++) await place.member({ roles: [...names, 'Own'].filter(() => roll(2) === 0) })
    if (own.length === 3) await owner.mutate('deleteOrganization', { organizationId: place.id })
  }
  return { permissions, roles, own, some }
}

test.each([1, 2, 3])(
  'what a preview promises is what a change then does to everybody, crowd %i (TPL-1)',
  async seed => {
    const w = await world({ isolated: true })
    const roll = dice(seed)
    const { roles, own, some } = await crowd(w, roll)
    for (const roleId of [...roles, own[0] ?? '', ...roles]) {
      const input = { roleId, permissionIds: some() }
      const preview = await previewOf(w.operator, input)
      expect(preview).toMatchObject({ refusal: null, total: preview?.memberCount })
      const done = await changed(w, () => w.operator.mutate('updateRole', input))
      expect(promised(preview)).toEqual(done)
    }
  },
)

test.each([4, 5, 6])(
  'what a preview promises is what a deletion then does to everybody, crowd %i (TPL-6)',
  async seed => {
    const w = await world({ isolated: true })
    const { roles, own } = await crowd(w, dice(seed))
    const [a = '', b = '', c = ''] = roles
    for (const input of [
      { roleId: a, replacementRoleId: b },
      { roleId: own[0] ?? '', replacementRoleId: c },
      { roleId: b, replacementRoleId: c },
    ]) {
      const preview = await previewOf(w.operator, input)
      expect(preview).toMatchObject({ refusal: null, total: preview?.memberCount })
      const done = await changed(w, () => w.operator.mutate('deleteRole', input))
      expect(promised(preview)).toEqual(done)
    }
  },
)

test('machines are among those whom a change concerns (MEM-10)', async () => {
  const w = await world({ isolated: true })
  const { operator, acme, machine } = w
  const permission = await createPermission(operator, 'thing:read')
  const roleId = await createRole(operator, 'Robot', { kind: 'MACHINE' })
  const input = { organizationId: acme.id, applicationId: await (await machine()).id(), roleIds: [roleId] }
  await operator.mutate('addMachineMember', input)
  const asked = { roleId, permissionIds: [permission] }
  const preview = await previewOf(operator, asked)
  expect(preview).toMatchObject({ memberCount: 1, organizationCount: 1, holderCount: 1 })
  expect(promised(preview)).toEqual(await changed(w, () => operator.mutate('updateRole', asked)))
})

test('who has the permission by another role neither gains nor loses it, and is counted as a holder only', async () => {
  const w = await world({ isolated: true })
  const { operator, acme, permissionId } = w
  const read = await permissionId('member:read')
  const roleId = await createRole(operator, 'Auditor')
  await acme.member({ roles: ['Auditor', 'Member'] })
  const nothing = { memberCount: 0, organizationCount: 0, permissions: [], members: [] }
  expect(await previewOf(operator, { roleId, permissionIds: [read] })).toMatchObject({ ...nothing, holderCount: 1 })
  await operator.mutate('updateRole', { roleId, permissionIds: [read] })
  expect(await previewOf(operator, { roleId, permissionIds: [] })).toMatchObject({ ...nothing, holderCount: 1 })
})

test('of two who change a role as they both previewed it, one is told that it is another by now', async () => {
  const { operator, acme, owner, permissionId } = await world({ isolated: true })
  const [read, audit] = [await permissionId('member:read'), await permissionId('audit:read')]
  for (let round = 0; round < 20; round++) {
    const isCustom = round % 2 === 0
    const roleId = isCustom ? await acme.customRole([]) : await createRole(operator, `Role ${round}`)
    const by = isCustom ? owner : operator
    const fingerprint = (await previewOf(by, { roleId, permissionIds: [read] }))?.fingerprint
    const outcomes = await Promise.all(
      [[read], [audit]].map(permissionIds =>
        outcomeOf(by, 'updateRole', { roleId, permissionIds, expectedFingerprint: fingerprint }),
      ),
    )
    expect(outcomes.toSorted()).toEqual(['RoleChangedError', 'UpdateRolePayload'])
  }
})
