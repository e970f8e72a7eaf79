import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { invite } from '../invitations/offers.ts'
import { type Client, createClient } from '../kit/client.ts'
import { trusting, vouchedFor } from '../kit/foreign.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'
import { sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'

let issuer: TestIssuer
let other: TestIssuer
let w: World
let orphansBefore: object[]
beforeAll(async () => {
  ;[issuer, other] = await Promise.all([startIssuer(), startIssuer()])
  w = await world({ env: trusting(issuer, other) })
  orphansBefore = await orphans()
})
afterAll(() => Promise.all([issuer.close(), other.close()]))

const me = `{ viewer { principal { __typename id displayName
  ... on User { email isEmailVerified avatarUrl } ... on MachineApplication { clientId } } } }`
const whoIs = async (client: Client) => (await client.query(me)).viewer.principal
/** A token as the issuer gives it to whoever signs in with a browser. */
const signedIn = async (claims: { sub: string } & Record<string, unknown>) =>
  createClient(w.app, await issuer.token(claims))
/** Users whom nobody can sign in as. */
const orphans = () =>
  sql(
    w,
    `select id from principal p where kind = 'USER' and not exists (select from identity i where i.principal_id = p.id)
     order by id`,
  )
const principalsOf = (subject: string) =>
  sql<{ issuer: string; principals: number }>(
    w,
    `select i.issuer, count(p.id)::int as principals from identity i join principal p on p.id = i.principal_id
     where i.subject = $1 group by i.issuer order by i.issuer`,
    [subject],
  )

describe('the first sight of a user of a foreign issuer', () => {
  test('makes the user from the claims', async () => {
    const sub = randomUUID()
    const claims = {
      sub,
      email: 'Ada@people.test',
      email_verified: true,
      name: 'Ada Lovelace',
      picture: 'https://people.test/ada.png',
    }
    expect(await whoIs(await signedIn(claims))).toEqual({
      __typename: 'User',
      id: expect.any(String),
      displayName: 'Ada Lovelace',
      email: 'Ada@people.test',
      isEmailVerified: true,
      avatarUrl: 'https://people.test/ada.png',
    })
    expect(await principalsOf(sub)).toEqual([{ issuer: issuer.issuer, principals: 1 }])
  })

  test.each<[string, Record<string, unknown>, object]>([
    [
      'an address alone',
      { email: 'grace.hopper@people.test' },
      { displayName: 'grace.hopper', isEmailVerified: false },
    ],
    [
      'a name in two parts',
      { given_name: 'Grace', family_name: 'Hopper' },
      { displayName: 'Grace Hopper', email: null },
    ],
    ['nothing at all', {}, { displayName: 'Unnamed user', email: null, avatarUrl: null }],
    ['what is no address', { email: 'grace', email_verified: true }, { email: null, isEmailVerified: null }],
    ['an address with a control character', { email: 'a\u0000@x.test', email_verified: true }, { email: null }],
    ['a picture that runs', { picture: 'javascript:alert(1)' }, { avatarUrl: null }],
  ])('goes by %s', async (_, claims, shown) => {
    expect(await whoIs(await signedIn({ sub: randomUUID(), ...claims }))).toMatchObject(shown)
  })

  test('makes one user also under 20 first requests at once, with one token and with many', async () => {
    for (let round = 0; round < 5; round++) {
      const sub = randomUUID()
      const one = await vouchedFor(w, issuer, { sub, name: 'Ada' })
      const clients = await Promise.all(Array.from({ length: 10 }, () => vouchedFor(w, issuer, { sub, name: 'Ada' })))
      const ids = await Promise.all(
        [...clients, ...clients.map(() => one)].map(async client => (await whoIs(client)).id),
      )
      expect(ids).toHaveLength(20)
      expect(new Set(ids).size).toBe(1)
      expect(await principalsOf(sub)).toEqual([{ issuer: issuer.issuer, principals: 1 }])
    }
  })

  test('leaves nobody behind who signed in in vain', async () => {
    expect(await orphans()).toEqual(orphansBefore)
  })
})

describe('claims that changed since', () => {
  test('update the user with the next token: name, address, verification, picture', async () => {
    const sub = randomUUID()
    const before = await whoIs(
      await signedIn({ sub, email: 'before@people.test', email_verified: false, name: 'Before' }),
    )
    const claims = {
      sub,
      email: 'after@people.test',
      email_verified: true,
      name: 'After',
      picture: 'https://people.test/a.png',
    }
    const after = {
      email: 'after@people.test',
      isEmailVerified: true,
      displayName: 'After',
      avatarUrl: 'https://people.test/a.png',
    }
    const client = await signedIn(claims)
    expect(await whoIs(client)).toEqual({ ...before, ...after })
    expect(await whoIs(client)).toEqual({ ...before, ...after })
  })

  test('take the verification away with the old address', async () => {
    const sub = randomUUID()
    await whoIs(await signedIn({ sub, email: 'old@people.test', email_verified: true }))
    const shown = await whoIs(await signedIn({ sub, email: 'new@people.test', email_verified: false }))
    expect(shown).toMatchObject({ email: 'new@people.test', isEmailVerified: false })
  })

  test('take it away from the same address as well', async () => {
    const [sub, email] = [randomUUID(), `${randomUUID()}@people.test`]
    await whoIs(await signedIn({ sub, email, email_verified: true }))
    const client = await signedIn({ sub, email, email_verified: false })
    expect(await whoIs(client)).toMatchObject({ email, isEmailVerified: false })
  })

  test.each([
    ['says that it is not verified, without naming it', { email_verified: false }],
    ['says so in a way of its own', { email_verified: 'false' }],
    ['has none any more', { email: null }],
    ['has one that cannot be read', { email: 'a\u0000@people.test', email_verified: true }],
    ['has one that is no address', { email: 'ada@nowhere', email_verified: true }],
    ['has what is no text', { email: ['ada@people.test'], email_verified: true }],
  ])('take the verification away where the token %s (INV-7)', async (_, claims) => {
    const [sub, email] = [randomUUID(), `${randomUUID()}@people.test`]
    await whoIs(await signedIn({ sub, email, email_verified: true }))
    const invitation = await invite(w.owner, w.acme, email)
    const client = await signedIn({ sub, ...claims })
    expect(await whoIs(client)).toMatchObject({ email, isEmailVerified: false })
    expect(await client.refusal('acceptInvitation', { invitation: { id: invitation } })).toBe('NOT_FOUND')
    expect(await whoIs(await signedIn({ sub }))).toMatchObject({ isEmailVerified: false })
    expect(await whoIs(await signedIn({ sub, email, email_verified: true }))).toMatchObject({ isEmailVerified: true })
  })

  test('that say nothing take nothing away', async () => {
    const sub = randomUUID()
    const known = {
      email: 'kept@people.test',
      email_verified: true,
      name: 'Kept',
      picture: 'https://people.test/k.png',
    }
    const before = await whoIs(await signedIn({ sub, ...known }))
    expect(await whoIs(await signedIn({ sub }))).toEqual(before)
  })

  test('show in the lists of others, in their new place', async () => {
    const sub = randomUUID()
    const member = await signedIn({ sub, name: 'Aaron', email: `${sub}@people.test`, email_verified: true })
    const { id } = await whoIs(member)
    await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: id })
    await whoIs(await signedIn({ sub, name: 'Zoe' }))
    const query = `query($id: ID!) { organization(by: { id: $id }) {
      members(orderBy: { field: DISPLAY_NAME, direction: DESC }, first: 1) { nodes { principal { displayName } } } } }`
    const { members } = (await w.owner.query(query, { id: w.acme.id })).organization
    expect(members.nodes).toEqual([{ principal: { displayName: 'Zoe' } }])
  })
})

describe('users are told apart by issuer and subject', () => {
  test('one address of two issuers is two users, and both hold it', async () => {
    const [email, sub] = [`${randomUUID()}@people.test`, randomUUID()]
    const claims = { sub, email, email_verified: true }
    const [here, there] = [await vouchedFor(w, issuer, claims), await vouchedFor(w, other, claims)]
    const [one, two] = [await whoIs(here), await whoIs(there)]
    expect(one.id).not.toBe(two.id)
    expect([one.email, two.email]).toEqual([email, email])
    expect(await principalsOf(sub)).toHaveLength(2)
  })

  test('one does not see what is the other’s', async () => {
    const claims = { sub: randomUUID(), email: `${randomUUID()}@people.test`, email_verified: true }
    const [here, there] = [await vouchedFor(w, issuer, claims), await vouchedFor(w, other, claims)]
    await here.mutate('createOrganization', { name: 'Mine alone' })
    const count = async (by: Client) =>
      (await by.query('{ viewer { memberships { totalCount } } }')).viewer.memberships.totalCount
    expect([await count(here), await count(there)]).toEqual([1, 0])
  })

  test('two subjects with one address are two users', async () => {
    const email = `${randomUUID()}@people.test`
    const clients = [await vouchedFor(w, issuer, { email }), await vouchedFor(w, issuer, { email })]
    const ids = await Promise.all(clients.map(async client => (await whoIs(client)).id))
    expect(new Set(ids).size).toBe(2)
  })

  test('subjects are compared to the letter', async () => {
    const sub = `Ada-${randomUUID()}`
    const subjects = [sub, sub.toLowerCase(), `${sub} `]
    const clients = await Promise.all(subjects.map(one => vouchedFor(w, issuer, { sub: one })))
    expect(new Set(await Promise.all(clients.map(async client => (await whoIs(client)).id))).size).toBe(3)
  })
})
