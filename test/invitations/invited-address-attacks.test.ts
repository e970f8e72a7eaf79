import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trusting, vouchedFor } from '../kit/foreign.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'
import { type World, world } from '../kit/world.ts'
import { accept, decline, invite, tryToInvite } from './offers.ts'

let issuer: TestIssuer
let w: World
beforeAll(async () => {
  issuer = await startIssuer()
  w = await world({ env: trusting(issuer) })
})
afterAll(() => issuer.close())

const local = () => `p${randomUUID().slice(0, 12)}`
const offers = '{ viewer { invitations { nodes { id } totalCount } } }'

describe('what is made to be taken for something else is no address (INV-2)', () => {
  // Text that a database, a log or a page takes for something else.
  test.each([
    'a\u0000b@people.test',
    'a\u0007@people.test',
    'a\u202eb@people.test',
    'a\u200bb@people.test',
    'a\ud800@people.test',
  ])('a control character or half a character: %j', async email => {
    const issues = [{ path: ['input', 'email'] }]
    expect(await tryToInvite(w.owner, w.acme, email)).toMatchObject({ __typename: 'InvalidInputError', issues })
  })

  // What reads the domain as the host of a web address would drop the rest of it, or decode it to another domain.
  test.each([
    'ada@people.test/evil.example',
    'ada@people.test?evil.example',
    'ada@people.test#evil.example',
    'ada@p%65ople.test',
    'ada@people.test%2eevil.example',
    'ada@people.test／evil.example',
    'ada@2130706433',
    'ada@127.0.0.1',
    'ada@0x7f.1',
    `ada@${'b'.repeat(64)}.test`,
  ])('a domain that is none: %s', async email => {
    const issues = [{ path: ['input', 'email'] }]
    expect(await tryToInvite(w.owner, w.acme, email)).toMatchObject({ __typename: 'InvalidInputError', issues })
  })
})

describe('an address that only looks like the invited one is another (INV-7)', () => {
  test.each<[string, (name: string) => string, (name: string) => string]>([
    ['a plus-address', name => `${name}@people.test`, name => `${name}+1@people.test`],
    ['another plus-address', name => `${name}+1@people.test`, name => `${name}+2@people.test`],
    [
      'dots in the local part',
      name => `${name}@gmail.example`,
      name => `${name.slice(0, 3)}.${name.slice(3)}@gmail.example`,
    ],
    ['a Cyrillic letter', name => `${name}a@people.test`, name => `${name}а@people.test`],
    ['a Cyrillic letter in the domain', name => `${name}@people.test`, name => `${name}@pеople.test`],
    ['a subdomain', name => `${name}@people.test`, name => `${name}@mail.people.test`],
    ['sharp s', name => `${name}ss@people.test`, name => `${name}ß@people.test`],
    ['a dotless i', name => `${name}i@people.test`, name => `${name}ı@people.test`],
    ['a dotted capital i', name => `${name}i@people.test`, name => `${name}İ@people.test`],
    ['a long s', name => `${name}s@people.test`, name => `${name}ſ@people.test`],
    ['the Kelvin sign', name => `${name}k@people.test`, name => `${name}\u212a@people.test`],
    ['a full-width letter', name => `${name}a@people.test`, name => `${name}ａ@people.test`],
    ['a path behind the domain', name => `${name}@people.test`, name => `${name}@people.test/evil.example`],
    ['a query behind the domain', name => `${name}@people.test`, name => `${name}@people.test?evil.example`],
    ['a fragment behind the domain', name => `${name}@people.test`, name => `${name}@people.test#evil.example`],
    ['an escape in the domain', name => `${name}@people.test`, name => `${name}@p%65ople.test`],
    ['a zero-width space', name => `${name}@people.test`, name => `${name}\u200b@people.test`],
  ])('%s', async (_, invited, claimed) => {
    const name = local()
    const id = await invite(w.owner, w.acme, invited(name))
    const other = await vouchedFor(w, issuer, { email: claimed(name), email_verified: true })
    expect((await other.query(offers)).viewer.invitations).toEqual({ nodes: [], totalCount: 0 })
    expect(await other.refusal('acceptInvitation', { invitation: { id } })).toBe('NOT_FOUND')
    expect(await other.refusal('declineInvitation', { invitation: { id } })).toBe('NOT_FOUND')
    expect(
      (await accept(await vouchedFor(w, issuer, { email: invited(name), email_verified: true }), id)).__typename,
    ).toBe('AcceptInvitationPayload')
  })
})

describe("an unverified address is nobody's (INV-7)", () => {
  test.each([false, undefined, 'true', 1, null])(
    'email_verified %j neither shows, accepts nor declines',
    async verified => {
      const email = `${local()}@people.test`
      const id = await invite(w.owner, w.acme, email)
      const claimer = await vouchedFor(w, issuer, { email, email_verified: verified })
      expect((await claimer.query(offers)).viewer.invitations.totalCount).toBe(0)
      expect((await claimer.query('query($id: ID!) { node(id: $id) { id } }', { id })).node).toBe(null)
      expect(await claimer.refusal('acceptInvitation', { invitation: { id } })).toBe('NOT_FOUND')
      expect(await claimer.refusal('declineInvitation', { invitation: { id } })).toBe('NOT_FOUND')
    },
  )

  test('and does not stand in the way of inviting who has it verified', async () => {
    const email = `${local()}@people.test`
    await (await vouchedFor(w, issuer, { email, email_verified: false })).query(offers)
    const invitee = await vouchedFor(w, issuer, { email, email_verified: true })
    const declined = await decline(invitee, await invite(w.owner, w.acme, email))
    expect(declined.__typename).toBe('DeclineInvitationPayload')
  })

  test('a member whose address is unverified is invited like anyone (INV-5)', async () => {
    const email = `${local()}@people.test`
    const member = await vouchedFor(w, issuer, { email, email_verified: false })
    const { principal } = (await member.query('{ viewer { principal { id } } }')).viewer
    await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: principal.id })
    expect((await tryToInvite(w.owner, w.acme, email)).__typename).toBe('InviteMemberPayload')
  })
})
