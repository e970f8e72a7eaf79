import { describe, expect, test } from 'vitest'
import type { Client, Loose } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { accept, decline, invite, revoke } from './offers.ts'

async function own(by: Client, page = ''): Promise<Loose> {
  const fields = 'totalCount nodes { id organizationName status } pageInfo { hasNextPage endCursor hasPreviousPage }'
  return (await by.query(`{ viewer { invitations${page} { ${fields} } } }`)).viewer.invitations
}
const idsOf = ({ nodes }: Loose) => nodes.map((node: { id: string }) => node.id)

/** Someone with invitations to three organizations, a minute apart; the newest first. */
async function invitedThrice() {
  const clock = testClock()
  const w = await world({ clock, isolated: true })
  const invitee = await w.person()
  const organizations = []
  const ids: string[] = []
  for (const name of ['First', 'Second', 'Third']) {
    clock.advance({ minutes: 1 })
    const organization = await w.organization(w.owner, { name })
    organizations.push(organization)
    ids.unshift(await invite(w.owner, organization, invitee.email))
  }
  return { w, clock, invitee, organizations, ids }
}

test('the invited sees the offers of every organization, newest first, without being a member (INV-13)', async () => {
  const { invitee, ids } = await invitedThrice()
  const { nodes, totalCount } = await own(invitee)
  expect({ nodes, totalCount }).toEqual({
    totalCount: 3,
    nodes: ['Third', 'Second', 'First'].map((organizationName, index) => ({
      id: ids[index],
      organizationName,
      status: 'PENDING',
    })),
  })
})

test('they are paged like every list', async () => {
  const { invitee, ids } = await invitedThrice()
  const page = await own(invitee, '(first: 2)')
  expect({ ids: idsOf(page), more: page.pageInfo.hasNextPage, totalCount: page.totalCount }).toEqual({
    ids: ids.slice(0, 2),
    more: true,
    totalCount: 3,
  })
  const rest = await own(invitee, `(first: 2, after: "${page.pageInfo.endCursor}")`)
  expect({ ids: idsOf(rest), more: rest.pageInfo.hasNextPage }).toEqual({ ids: ids.slice(2), more: false })
  expect(idsOf(await own(invitee, '(last: 1)'))).toEqual(ids.slice(2))
  expect(idsOf(await own(invitee, '(first: 0)'))).toEqual([])
})

type Setting = Awaited<ReturnType<typeof invitedThrice>>
const closings: [string, (setting: Setting, id: string) => Promise<unknown>][] = [
  ['was accepted', ({ invitee }, id) => accept(invitee, id)],
  ['was declined', ({ invitee }, id) => decline(invitee, id)],
  ['was revoked', ({ w }, id) => revoke(w.owner, id)],
  [
    'is of a deleted organization (ORG-6)',
    ({ w, organizations }) => w.owner.mutate('deleteOrganization', { organizationId: organizations[2]?.id }),
  ],
  [
    'is overdue (INV-1)',
    ({ w, clock }, id) =>
      sql(w, 'update invitation set expires_at = $2 where id::text = $1', [
        Buffer.from(id, 'base64url').toString().split(':')[1],
        clock(),
      ]),
  ],
]
test.each(closings)('one that %s is no longer among them', async (_, close) => {
  const setting = await invitedThrice()
  await close(setting, setting.ids[0] ?? '')
  const { nodes, totalCount } = await own(setting.invitee)
  expect({ ids: nodes.map((node: Loose) => node.id), totalCount }).toEqual({ ids: setting.ids.slice(1), totalCount: 2 })
})

describe('there are none', () => {
  const none = (w: World) => invite(w.owner, w.acme, 'grace@people.test')

  test('for others: a stranger, the inviter, an operator, a machine', async () => {
    const w = await world()
    await none(w)
    for (const other of [await w.person(), w.owner, w.operator, await w.machine()])
      expect(await own(other)).toMatchObject({ totalCount: 0, nodes: [] })
  })

  test('for nobody in particular', async () => {
    const w = await world()
    await none(w)
    expect(await w.anonymous().query('{ viewer { invitations { totalCount } } }')).toEqual({ viewer: null })
  })
})

test('an offer to a member stays until it is answered', async () => {
  const w = await world()
  const invitee = await w.person()
  const id = await invite(w.owner, w.acme, invitee.email)
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: await invitee.id() })
  expect(idsOf(await own(invitee))).toEqual([id])
})

test.each<[string, string]>([
  ['(first: 101)', 'first'],
  ['(first: -1)', 'first'],
  ['(last: 101)', 'last'],
  ['(first: 1, last: 1)', 'first'],
  ['(after: "x")', 'after'],
  ['(before: "WyJjcmVhdGVkQXQiXQ")', 'before'],
])('a page of %s is BAD_USER_INPUT and names what is wrong', async (page, path) => {
  const { owner } = await world()
  const { errors } = await owner.send(`{ viewer { invitations${page} { totalCount } } }`)
  expect(errors.map(error => error.extensions)).toEqual([{ code: 'BAD_USER_INPUT', path: [path] }])
})

test.each<[string, unknown[]]>([
  ['an instant that there is not', ['createdAt', '2026-99-99 99:99:99+00', '01a20000-0000-7000-8000-000000000000']],
  ['an instant of text', ['createdAt', "now'; --", '01a20000-0000-7000-8000-000000000000']],
  ['no id', ['createdAt', '2026-01-01 00:00:00+00', 'x']],
  ['another order', ['email', 'a', '01a20000-0000-7000-8000-000000000000']],
])('a made-up cursor with %s is BAD_USER_INPUT', async (_, parts) => {
  const { owner } = await world()
  const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url')
  const { errors } = await owner.send(`{ viewer { invitations(after: "${cursor}") { nodes { id } } } }`)
  expect(errors.map(error => error.extensions)).toEqual([{ code: 'BAD_USER_INPUT', path: ['after'] }])
})
