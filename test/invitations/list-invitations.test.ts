import { beforeAll, describe, expect, test } from 'vitest'
import type { Loose } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { memberWith, operatorWith } from '../kit/holders.ts'
import { type Person, type World, world } from '../kit/world.ts'
import { accept, decline, invite, revoke } from './offers.ts'

const text = `query($id: ID!, $filter: InvitationFilter, $orderBy: InvitationOrder! = { field: CREATED_AT, direction: DESC },
    $first: Int, $after: String, $last: Int, $before: String) {
  organization(by: { id: $id }) {
    invitations(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      totalCount nodes { email status } edges { cursor node { email } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`

let w: World
let owner: Person
/** Seven invitations, a minute apart, in every state; whatever expires last was made first. */
beforeAll(async () => {
  const clock = testClock()
  w = await world({ clock, env: {} })
  owner = w.owner
  const expiresAt = (hours: number) => new Date(clock().getTime() + hours * 3_600_000).toISOString()
  const people = await Promise.all(['Accepts', 'declines'].map(name => w.person(`${name}@people.test`)))
  const emails = [
    'Zoe@people.test',
    'adam@people.test',
    'Accepts@people.test',
    'declines@people.test',
    'revoked@other.test',
    'expires@other.test',
    'mike_50%@people.test',
  ]
  for (const [index, email] of emails.entries()) {
    clock.advance({ minutes: 1 })
    const id = await invite(owner, w.acme, email, {
      expiresAt: expiresAt(email.startsWith('expires') ? 1 : 100 - 10 * index),
    })
    const [accepting, declining] = people
    if (accepting !== undefined && email === accepting.email) await accept(accepting, id)
    if (declining !== undefined && email === declining.email) await decline(declining, id)
    if (email.startsWith('revoked')) await revoke(owner, id)
  }
  clock.advance({ hours: 2 })
})

async function list(variables: object = {}, by: Person = owner): Promise<Loose> {
  return (await by.query(text, { id: w.acme.id, ...variables })).organization.invitations
}
const emailsOf = async (variables?: object) =>
  (await list(variables)).nodes.map((node: Loose) => node.email.split('@')[0])

test('all invitations in every state are there, the newest first, with what each is at this moment (INV-1)', async () => {
  expect((await list()).nodes).toEqual([
    { email: 'mike_50%@people.test', status: 'PENDING' },
    { email: 'expires@other.test', status: 'EXPIRED' },
    { email: 'revoked@other.test', status: 'REVOKED' },
    { email: 'declines@people.test', status: 'DECLINED' },
    { email: 'Accepts@people.test', status: 'ACCEPTED' },
    { email: 'adam@people.test', status: 'PENDING' },
    { email: 'Zoe@people.test', status: 'PENDING' },
  ])
})

describe('the filter', () => {
  test.each<[string[], string[]]>([
    [['PENDING'], ['mike_50%', 'adam', 'Zoe']],
    [['EXPIRED'], ['expires']],
    [['ACCEPTED'], ['Accepts']],
    [['DECLINED'], ['declines']],
    [['REVOKED'], ['revoked']],
    [
      ['REVOKED', 'EXPIRED'],
      ['expires', 'revoked'],
    ],
    [[], []],
  ])('of statuses %j finds what is in one of them now (INV-1)', async (statuses, emails) => {
    expect(await emailsOf({ filter: { statuses } })).toEqual(emails)
    expect((await list({ filter: { statuses } })).totalCount).toBe(emails.length)
  })

  test.each<[string, string[]]>([
    ['OTHER.test', ['expires', 'revoked']],
    ['zoe', ['Zoe']],
    [' adam ', ['adam']],
    ['%', ['mike_50%']],
    ['_', ['mike_50%']],
    ['\\', []],
    ["'; drop table invitation; --", []],
    ['', ['mike_50%', 'expires', 'revoked', 'declines', 'Accepts', 'adam', 'Zoe']],
    ['  ', ['mike_50%', 'expires', 'revoked', 'declines', 'Accepts', 'adam', 'Zoe']],
  ])('of the text %j finds it in the address, as it stands', async (search, emails) => {
    expect(await emailsOf({ filter: { search } })).toEqual(emails)
  })

  test('of both finds what fits both; null and absence filter nothing', async () => {
    expect(await emailsOf({ filter: { search: 'people', statuses: ['PENDING'] } })).toEqual(['mike_50%', 'adam', 'Zoe'])
    expect((await list({ filter: { search: null, statuses: null } })).totalCount).toBe(7)
    expect((await list({ filter: null })).totalCount).toBe(7)
  })

  test('of text that no database holds is BAD_USER_INPUT', async () => {
    const { errors } = await owner.send(text, { id: w.acme.id, filter: { search: 'a\u0000' } })
    expect(errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
  })
})

describe('the order', () => {
  test.each<[string, string, string[]]>([
    ['CREATED_AT', 'ASC', ['Zoe', 'adam', 'Accepts', 'declines', 'revoked', 'expires', 'mike_50%']],
    ['CREATED_AT', 'DESC', ['mike_50%', 'expires', 'revoked', 'declines', 'Accepts', 'adam', 'Zoe']],
    ['EXPIRES_AT', 'ASC', ['expires', 'mike_50%', 'revoked', 'declines', 'Accepts', 'adam', 'Zoe']],
    ['EXPIRES_AT', 'DESC', ['Zoe', 'adam', 'Accepts', 'declines', 'revoked', 'mike_50%', 'expires']],
    ['EMAIL', 'ASC', ['Accepts', 'adam', 'declines', 'expires', 'mike_50%', 'revoked', 'Zoe']],
    ['EMAIL', 'DESC', ['Zoe', 'revoked', 'mike_50%', 'expires', 'declines', 'adam', 'Accepts']],
  ])('by %s %s, page by page in both directions', async (field, direction, emails) => {
    const orderBy = { field, direction }
    const forward: string[] = []
    for (let after: string | null = null, hasNextPage = true; hasNextPage; ) {
      const page = await list({ orderBy, first: 3, after })
      forward.push(...page.nodes.map((node: Loose) => node.email.split('@')[0]))
      expect(page.totalCount).toBe(7)
      after = page.pageInfo.endCursor
      hasNextPage = page.pageInfo.hasNextPage
    }
    expect(forward).toEqual(emails)
    const end = await list({ orderBy, last: 2 })
    const before = end.pageInfo.startCursor
    expect(await emailsOf({ orderBy, last: 2, before })).toEqual(emails.slice(3, 5))
  })

  test('of a cursor is the order of its list', async () => {
    const { pageInfo } = await list({ orderBy: { field: 'EMAIL', direction: 'ASC' }, first: 1 })
    const answer = await owner.send(text, { id: w.acme.id, after: pageInfo.endCursor })
    expect(answer.errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', path: ['after'] })
  })
})

describe('who may not see them', () => {
  test('a member without invitation:read gets null, and the rest of the organization', async () => {
    const member = await memberWith(w.acme, ['member:read', 'invitation:create', 'invitation:revoke'])
    expect((await member.query(text, { id: w.acme.id })).organization).toEqual({ invitations: null })
  })

  test('a stranger, the invited and a member of another organization get no organization', async () => {
    const [stranger, invited] = [await w.person(), await w.person('adam@people.test')]
    await w.organization(stranger)
    expect((await stranger.query(text, { id: w.acme.id })).organization).toBe(null)
    expect((await invited.query(text, { id: w.acme.id })).organization).toBe(null)
    expect((await w.anonymous().send(text, { id: w.acme.id })).errors[0]?.extensions.code).toBe('UNAUTHENTICATED')
  })

  test('a holder of invitation:read alone and an operator with organizations:read see them', async () => {
    expect((await list({}, await memberWith(w.acme, ['invitation:read']))).totalCount).toBe(7)
    expect((await list({}, await operatorWith(w, ['ORGANIZATIONS_READ']))).totalCount).toBe(7)
  })

  test('another organization lists its own alone', async () => {
    const stranger = await w.person()
    const other = await w.organization(stranger)
    await invite(stranger, other, 'adam@people.test')
    expect((await stranger.query(text, { id: other.id })).organization.invitations.totalCount).toBe(1)
    expect((await list()).totalCount).toBe(7)
  })
})
