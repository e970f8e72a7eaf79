import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trusting, vouchedFor } from '../kit/foreign.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'
import { type World, world } from '../kit/world.ts'
import { accept, invite, tryToInvite } from './offers.ts'

let issuer: TestIssuer
let w: World
beforeAll(async () => {
  issuer = await startIssuer()
  w = await world({ env: trusting(issuer) })
})
afterAll(() => issuer.close())

const local = () => `p${randomUUID().slice(0, 12)}`
const offers = '{ viewer { invitations { nodes { id } totalCount } } }'

describe('an invited address is stored as given (INV-2)', () => {
  test.each([
    'Ada.Lovelace@Analytical.Engine.Example',
    'ada+gateway@people.test',
    'bücher@bücher.example',
    "o'hara!#$%&*/=?^_`{|}~-@people.test",
    '用户@例子.测试',
    `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(56)}.test`,
  ])('%s', async email => {
    const { invitation } = await tryToInvite(w.owner, w.acme, email)
    expect(invitation?.email).toBe(email)
  })

  test('without the space around it', async () => {
    const { invitation } = await tryToInvite(w.owner, w.acme, ' \tspace@people.test\n')
    expect(invitation?.email).toBe('space@people.test')
  })

  test('at most 254 characters of it', async () => {
    const of = (length: number) => `${'x'.repeat(64)}@${`${'y'.repeat(60)}.`.repeat(3)}${'z'.repeat(length - 248)}`
    expect(of(254)).toHaveLength(254)
    expect((await tryToInvite(w.owner, w.acme, of(254))).__typename).toBe('InviteMemberPayload')
    const { __typename, issues } = await tryToInvite(w.owner, w.acme, of(255))
    expect({ __typename, path: issues?.[0].path }).toEqual({
      __typename: 'InvalidInputError',
      path: ['input', 'email'],
    })
  })
})

describe('what is no address is refused (INV-2)', () => {
  test.each([
    '',
    ' ',
    'ada',
    '@people.test',
    'ada@',
    'ada@localhost',
    'ada@@people.test',
    'ada@b@people.test',
    'ada people@x.test',
    '.ada@people.test',
    'ada.@people.test',
    'ada..l@people.test',
    'ada@.people.test',
    'ada@people.test.',
    'ada@people..test',
    'ada@-people.test',
    'ada@people-.test',
    'ada@peo_ple.test',
    'Ada <ada@people.test>',
    '"ada"@people.test',
    'ada@[127.0.0.1]',
    'ada@people.test,bob@people.test',
    'ada@people.test\nbcc: bob@people.test',
    `${'a'.repeat(65)}@people.test`,
    'mailto:ada@people.test',
    'ada@xn--zz--.test',
  ])('%j', async email => {
    const issues = [{ path: ['input', 'email'], message: expect.any(String) }]
    expect(await tryToInvite(w.owner, w.acme, email)).toMatchObject({ __typename: 'InvalidInputError', issues })
  })
})

describe('two spellings of one address are one (INV-2)', () => {
  test.each<[string, (name: string) => string, (name: string) => string]>([
    ['case', name => `${name}.Lovelace@People.Test`, name => `${name.toUpperCase()}.LOVELACE@PEOPLE.TEST`],
    ['a domain in Unicode and in ASCII', name => `${name}@bücher.example`, name => `${name}@xn--bcher-kva.example`],
    ['the case of a domain in Unicode', name => `${name}@bücher.example`, name => `${name}@BÜCHER.example`],
    ['a domain with other full stops', name => `${name}@people.test`, name => `${name}@people。test`],
    ['a composed and a decomposed letter', name => `${name}é@people.test`, name => `${name}e\u0301@people.test`],
  ])('%s: for a second invitation, for members and for accepting', async (_, one, other) => {
    const name = local()
    const id = await invite(w.owner, w.acme, one(name))
    expect(await tryToInvite(w.owner, w.acme, other(name))).toMatchObject({ invitation: { id } })
    const invitee = await vouchedFor(w, issuer, { email: other(name), email_verified: true })
    expect((await invitee.query(offers)).viewer.invitations).toEqual({ nodes: [{ id }], totalCount: 1 })
    const accepted = await accept(invitee, id)
    expect(accepted.__typename).toBe('AcceptInvitationPayload')
    const again = await tryToInvite(w.owner, w.acme, one(name))
    expect(again).toMatchObject({ __typename: 'AlreadyMemberError', membership: { id: accepted.membership.id } })
  })
})

test.each([
  ['grace@people.test', 'g***@people.test'],
  // The first half of a pair of surrogates is no character.
  ['😀grace@people.test', '😀***@people.test'],
  // Its first character would be the whole address.
  ['j@people.test', '***@people.test'],
  ['😀@people.test', '***@people.test'],
])('whom it is not for sees of %s no more than %s (INV-7)', async (email, maskedEmail) => {
  const id = await invite(w.owner, w.acme, email)
  expect(await accept(w.owner, id)).toMatchObject({ __typename: 'EmailMismatchError', maskedEmail })
})
