import { expect, test } from 'vitest'
import { memberWith, missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, refusedOnly } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const add = 'addMember'

test('member:add is what it takes: a member with all else may not, and it is recorded', async () => {
  const w = await world()
  const member = await memberWith(w.acme, ['member:read', 'member:remove', 'member:assign-role', 'invitation:create'])
  const userId = await (await (await w.organization(member)).member()).id()
  const { result, ...journal } = await written(w, () => refusalOf(member, add, { organizationId: w.acme.id, userId }))
  expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'member:add' })
  expect(actionsOf(journal)).toEqual(refusedOnly)
})

test('a stranger, nobody at all, and a machine dressed up as a user answer alike: one cannot fish for users', async () => {
  const w = await world()
  const stranger = await (await w.person()).id()
  const machine = Buffer.from(`User:${uuidOf(await (await w.machine()).id())}`).toString('base64url')
  const { result, ...journal } = await written(w, async () => {
    const refusals = []
    for (const userId of [stranger, missingId('User'), machine])
      refusals.push(await refusalOf(w.owner, add, { organizationId: w.acme.id, userId }))
    return refusals
  })
  expect(result[0]?.extensions.code).toBe('NOT_FOUND')
  expect(result.slice(1)).toEqual([result[0], result[0]])
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await w.operator.refusal(add, { organizationId: w.acme.id, userId: machine })).toBe('NOT_FOUND')
})

test('a foreign organization answers like one that does not exist', async () => {
  const w = await world()
  const foreign = await w.organization(await w.person())
  const userId = await w.owner.id()
  const refusals = [
    await refusalOf(w.owner, add, { organizationId: foreign.id, userId }),
    await refusalOf(w.owner, add, { organizationId: missingId('Organization'), userId }),
  ]
  expect(refusals[0]).toEqual(refusals[1])
  expect(refusals[0]?.extensions.code).toBe('NOT_FOUND')
})

test('ids of the wrong type, and more than 100 roles, are BAD_USER_INPUT; no token is UNAUTHENTICATED', async () => {
  const { acme, owner, roleId, anonymous } = await world()
  const [organizationId, userId] = [acme.id, await owner.id()]
  const bad: object[] = [
    { organizationId: userId, userId },
    { organizationId, userId: organizationId },
    { organizationId, userId, roleIds: [organizationId] },
    { organizationId, userId, roleIds: Array.from({ length: 101 }, () => missingId('OrganizationRole')) },
    { organizationId, userId, roleIds: [null] },
    { organizationId, userId, role: await roleId('Owner') },
    { organizationId },
  ]
  for (const input of bad) expect(await owner.refusal(add, input)).toBe('BAD_USER_INPUT')
  expect(await anonymous().refusal(add, { organizationId, userId })).toBe('UNAUTHENTICATED')
})
