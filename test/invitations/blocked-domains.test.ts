import { describe, expect, test } from 'vitest'
import { written } from '../kit/journal.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { inviteMany } from './batches.ts'
import { invite, revoke, seen, tryToInvite } from './offers.ts'

const env = { BLOCKED_EMAIL_DOMAINS: 'Spam.test, *.temp.test, bücher.test, *.xyz' }
const blocked = '... on EmailDomainBlockedError { domain }'

describe('nobody is invited at a blocked domain, however it is written (INV-17)', () => {
  const refused = {
    'ada@spam.test': 'spam.test',
    'ada@SPAM.Test': 'spam.test',
    ' ada@spam.test ': 'spam.test',
    'ada@spam。test': 'spam.test',
    'ada@ｓｐａｍ.test': 'spam.test',
    'ada@a.temp.test': 'a.temp.test',
    'ada@a.b.Temp.test': 'a.b.temp.test',
    'ada@bücher.test': 'xn--bcher-kva.test',
    'ada@BÜCHER.test': 'xn--bcher-kva.test',
    'ada@xn--bcher-kva.test': 'xn--bcher-kva.test',
    'ada@any.xyz': 'any.xyz',
  }
  const taken = [
    ...['ada@notspam.test', 'ada@spam.test.example.com', 'ada@mail.spam.test', 'ada@temp.test'],
    ...['spam.test@people.test', 'ada@xyz.test'],
  ]

  test('one by one, and another domain is another', async () => {
    const w = await world({ env, isolated: true })
    for (const [email, domain] of Object.entries(refused)) {
      const input = { organizationId: w.acme.id, email }
      const { result, ...journal } = await written(w, () => w.owner.mutate('inviteMember', input, blocked))
      expect(result, email).toMatchObject({ __typename: 'EmailDomainBlockedError', domain })
      expect(actionsOf(journal)).toEqual(nothing)
    }
    for (const email of taken)
      expect((await tryToInvite(w.owner, w.acme, email)).__typename, email).toBe('InviteMemberPayload')
  })

  test('in a batch, it stops no other', async () => {
    const { owner, acme } = await world({ env })
    const results = await inviteMany(owner, acme, [{ email: 'ada@spam.test' }, { email: 'ada@people.test' }], 'key')
    expect(results).toMatchObject([
      { __typename: 'EmailDomainBlockedError', domain: 'spam.test' },
      { __typename: 'Invitation' },
    ])
    const again = await inviteMany(owner, acme, [{ email: 'ada@spam.test' }, { email: 'ada@people.test' }], 'key')
    expect(again).toEqual(results)
  })
})

test('a domain that was blocked after the offer lets nobody in; the offer can still be revoked (INV-17)', async () => {
  const before = await world()
  const address = `ada-${crypto.randomUUID()}@spam.test`
  const id = await invite(before.owner, before.acme, address)
  // The same database, with another configuration.
  const after = await world({ env })
  const invitee = await after.person(address)
  const accept = () => invitee.mutate('acceptInvitation', { invitation: { id } }, blocked)
  const { result, ...journal } = await written(after, accept)
  expect(result).toMatchObject({ __typename: 'EmailDomainBlockedError', domain: 'spam.test' })
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await seen(before.owner, id)).toMatchObject({ status: 'PENDING' })
  expect((await revoke(before.owner, id)).__typename).toBe('RevokeInvitationPayload')
})

test('a blocked domain is told only to one who may invite', async () => {
  const { acme, person } = await world({ env })
  const input = { organizationId: acme.id, email: 'ada@spam.test' }
  expect(await (await acme.member()).refusal('inviteMember', input)).toBe('FORBIDDEN')
  expect(await (await person()).refusal('inviteMember', input)).toBe('NOT_FOUND')
})
