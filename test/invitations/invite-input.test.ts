import { describe, expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { invite, seen, tryToInvite } from './offers.ts'

/** The instant so far from now. */
const from = ({ clock }: World, { days = 0, milliseconds = 0 }) =>
  new Date(clock().getTime() + days * 86_400_000 + milliseconds).toISOString()

describe('the expiry of an invitation (INV-3)', () => {
  test.each<[string, { days?: number; milliseconds?: number }]>([
    ['one millisecond ahead', { milliseconds: 1 }],
    ['a day ahead', { days: 1 }],
    ['exactly 90 days ahead', { days: 90 }],
  ])('may be %s', async (_, ahead) => {
    const w = await world()
    const expiresAt = from(w, ahead)
    const { invitation } = await tryToInvite(w.owner, w.acme, 'ada@people.test', { expiresAt })
    expect(invitation.expiresAt).toBe(expiresAt)
  })

  test.each<[string, { days?: number; milliseconds?: number }, string]>([
    ['this very moment', {}, 'This must be in the future.'],
    ['in the past', { days: -1 }, 'This must be in the future.'],
    ['90 days and a millisecond ahead', { days: 90, milliseconds: 1 }, 'This must be at most 90 days away.'],
    ['in a thousand years', { days: 365_000 }, 'This must be at most 90 days away.'],
  ])('cannot be %s', async (_, ahead, message) => {
    const w = await world()
    const terms = { expiresAt: from(w, ahead) }
    const { result, ...journal } = await written(w, () => tryToInvite(w.owner, w.acme, 'ada@people.test', terms))
    expect(result).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'expiresAt'], message }],
    })
    expect(actionsOf(journal)).toEqual(nothing)
  })

  test('may be given in any time zone, and is kept to the millisecond', async () => {
    const w = await world()
    const day = from(w, { days: 2 }).slice(0, 10)
    const id = await invite(w.owner, w.acme, 'ada@people.test', { expiresAt: `${day}T10:00:00.1239+05:30` })
    expect(await seen(w.owner, id)).toMatchObject({ expiresAt: `${day}T04:30:00.123Z` })
  })

  test.each([
    'tomorrow',
    '',
    '2026-12-01',
    '2026-12-01T10:00:00',
    '2026-13-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    1_800_000_000,
    true,
    {},
  ])('cannot be written as %j', async expiresAt => {
    const { owner, acme } = await world()
    const input = { organizationId: acme.id, email: 'ada@people.test', expiresAt }
    expect(await owner.refusal('inviteMember', input)).toBe('BAD_USER_INPUT')
  })

  test('has its default and its limit from the configuration', async () => {
    const env = { INVITATION_DAYS: '2', INVITATION_MAX_DAYS: '3' }
    const w = await world({ env, isolated: true })
    const { invitation } = await tryToInvite(w.owner, w.acme, 'ada@people.test', { expiresAt: null })
    expect(invitation.expiresAt).toBe(from(w, { days: 2 }))
    const late = await tryToInvite(w.owner, w.acme, 'bob@people.test', { expiresAt: from(w, { days: 4 }) })
    expect(late).toMatchObject({ issues: [{ message: 'This must be at most 3 days away.' }] })
  })
})

describe('bad input', () => {
  test.each<[string, object, string[]]>([
    ['the id of something else', { organizationId: Buffer.from('User:x').toString('base64url') }, ['organizationId']],
    ['a bare UUID', { organizationId: '01a20000-0000-7000-8000-000000000000' }, ['organizationId']],
    ['an empty id', { organizationId: '' }, ['organizationId']],
    ['a role that is no id', { roleIds: ['Admin'] }, ['roleIds', '0']],
  ])('%s names the path of what is wrong', async (_, wrong, path) => {
    const { owner, acme } = await world()
    const input = { organizationId: acme.id, email: 'ada@people.test', ...wrong }
    const { message, extensions } = await refusalOf(owner, 'inviteMember', input)
    expect(extensions).toEqual({ code: 'BAD_USER_INPUT', path: ['input', ...path] })
    expect(message).toContain(`input.${path.join('.')}`)
  })

  test.each<[string, object]>([
    ['no address', { email: undefined }],
    ['null for an address', { email: null }],
    ['a list of addresses', { email: ['a@people.test', 'b@people.test'] }],
    ['null among the roles', { roleIds: [null] }],
    ['a field that there is none of', { role: 'Owner' }],
  ])('%s is refused before anything is asked', async (_, wrong) => {
    const { owner, acme } = await world()
    const input = { organizationId: acme.id, email: 'ada@people.test', ...wrong }
    expect(await owner.refusal('inviteMember', input)).toBe('BAD_USER_INPUT')
  })

  test('more than 100 roles are too many', async () => {
    const { owner, acme, roleId } = await world()
    const roleIds = Array.from({ length: 101 }, () => 'x').fill(await roleId('Member'))
    const input = { organizationId: acme.id, email: 'ada@people.test', roleIds }
    expect((await refusalOf(owner, 'inviteMember', input)).extensions).toEqual({
      code: 'BAD_USER_INPUT',
      path: ['input', 'roleIds'],
    })
  })

  test('what is wrong with the input is told only to one who may invite', async () => {
    const { acme, person } = await world()
    const input = { organizationId: acme.id, email: 'no address' }
    expect(await (await acme.member()).refusal('inviteMember', input)).toBe('FORBIDDEN')
    expect(await (await person()).refusal('inviteMember', input)).toBe('NOT_FOUND')
  })
})

test('an overdue invitation does not block a new one, and is written down as expired then (INV-4)', async () => {
  const clock = testClock()
  const w = await world({ clock, isolated: true })
  const first = await invite(w.owner, w.acme, 'ada@people.test', { expiresAt: from(w, { days: 1 }) })
  clock.advance({ days: 1 })
  const owner = await w.person(w.owner.email)
  const { result: second, ...journal } = await written(w, () => invite(owner, w.acme, 'ADA@people.test'))
  expect(actionsOf(journal)).toEqual({
    audit: ['INVITATION_EXPIRED', 'INVITATION_CREATED'],
    outbox: ['INVITATION_EXPIRED', 'INVITATION_CREATED'],
  })
  const where = uuidOf(w.acme.id)
  const entry = { where, action: 'INVITATION_EXPIRED', target: 'Invitation ada@people.test', changes: [] }
  expect(journal.audit[0]).toEqual({ ...entry, actor: expect.any(String) })
  const payload = { organizationId: where, invitationId: uuidOf(first) }
  expect(journal.outbox[0]).toEqual({ where, type: 'INVITATION_EXPIRED', payload })
  expect(await seen(owner, first)).toMatchObject({ status: 'EXPIRED' })
  expect(await seen(owner, second)).toMatchObject({ status: 'PENDING' })
})
