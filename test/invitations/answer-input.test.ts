import { describe, expect, test } from 'vitest'
import { refusalOf } from '../kit/people.ts'
import { world } from '../kit/world.ts'

const ids: [string, string][] = [
  ['an empty id', ''],
  ['text', 'invitation'],
  ['a bare UUID', '01a20000-0000-7000-8000-000000000000'],
  ['the id of something else', Buffer.from('Membership:01a20000-0000-7000-8000-000000000000').toString('base64url')],
  ['an id with more behind it', Buffer.from('Invitation:01a20000-0000-7000-8000-000000000000:x').toString('base64url')],
]

describe.each(['acceptInvitation', 'declineInvitation'])('%s', name => {
  test.each(ids)('with %s names the path of what is wrong', async (_, id) => {
    const { owner } = await world()
    const { extensions } = await refusalOf(owner, name, { invitation: { id } })
    expect(extensions).toEqual({ code: 'BAD_USER_INPUT', path: ['input', 'invitation', 'id'] })
  })

  test.each<[string, object]>([
    ['nothing', {}],
    ['null', { invitation: null }],
    ['no way to find it', { invitation: {} }],
    ['null for its id', { invitation: { id: null } }],
    ['the id in the wrong place', { invitationId: 'x' }],
    ['two ways to find it', { invitation: { id: 'x', token: 'y' } }],
  ])('with %s is refused', async (_, input) => {
    const { owner } = await world()
    expect(await owner.refusal(name, input)).toBe('BAD_USER_INPUT')
  })
})

describe('revokeInvitation', () => {
  test.each(ids)('with %s names the path of what is wrong', async (_, invitationId) => {
    const { owner } = await world()
    const { extensions } = await refusalOf(owner, 'revokeInvitation', { invitationId })
    expect(extensions).toEqual({ code: 'BAD_USER_INPUT', path: ['input', 'invitationId'] })
  })

  test.each<[string, object]>([
    ['nothing', {}],
    ['null', { invitationId: null }],
    ['a number', { invitationId: 7 }],
    ['a list', { invitationId: ['a', 'b'] }],
  ])('with %s is refused', async (_, input) => {
    const { owner } = await world()
    expect(await owner.refusal('revokeInvitation', input)).toBe('BAD_USER_INPUT')
  })
})
