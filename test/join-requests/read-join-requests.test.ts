import { describe, expect, test } from 'vitest'
import type { Client, Loose } from '../kit/client.ts'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { actionsOf, nothing, refusedOnly } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { approve, asks, lets, ownRequests, refuse, seenRequest, withdraw } from './requests.ts'

const text = `query($id: ID!, $filter: JoinRequestFilter, $first: Int, $after: String) { organization(by: { id: $id }) {
  joinRequests(filter: $filter, first: $first, after: $after) { totalCount nodes { id status message requesterEmail } pageInfo { endCursor } } } }`

async function list(by: Client, { id }: { id: string }, variables: object = {}): Promise<Loose | null> {
  return (await by.query(text, { id, ...variables })).organization?.joinRequests
}

test('requests are listed newest first, with the verified address of who asks, and by state (REQ-8)', async () => {
  const w = await world()
  await lets(w.owner, w.acme, 'OPEN')
  const people = await Promise.all([w.person(), w.person(), w.person(), w.person()])
  const made: { id: string }[] = []
  for (const [index, person] of people.entries()) made.push(await asks(person, w.acme, `${index}`))
  const [first = { id: '' }, second = { id: '' }, third = { id: '' }] = made
  await approve(w.owner, first)
  await refuse(w.owner, second)
  await withdraw(people[2] ?? w.owner, third)
  const all = await list(w.owner, w.acme)
  expect(all).toMatchObject({ totalCount: 4 })
  expect(all?.nodes.map((node: Loose) => [node.message, node.status, node.requesterEmail])).toEqual(
    ['PENDING', 'WITHDRAWN', 'REFUSED', 'APPROVED'].map((status, i) => [`${3 - i}`, status, people[3 - i]?.email]),
  )
  for (const status of ['PENDING', 'WITHDRAWN', 'REFUSED', 'APPROVED'])
    expect(await list(w.owner, w.acme, { filter: { statuses: [status] } })).toMatchObject({
      ...{ totalCount: 1, nodes: [{ status }] },
    })
  const page = await list(w.owner, w.acme, { first: 3 })
  expect((await list(w.owner, w.acme, { first: 3, after: page?.pageInfo.endCursor }))?.nodes).toHaveLength(1)
})

test('holders of join-request:read and operators see requests; others get null', async () => {
  const w = await world()
  await lets(w.owner, w.acme, 'OPEN')
  const request = await asks(await w.person(), w.acme)
  for (const by of [await memberWith(w.acme, ['join-request:read']), await operatorWith(w, ['ORGANIZATIONS_READ'])]) {
    expect(await list(by, w.acme)).toMatchObject({ totalCount: 1 })
    expect(await seenRequest(by, request)).toMatchObject({ id: request.id })
  }
  const blind = await memberWith(w.acme, ['join-request:decide', 'member:read', 'invitation:read'])
  expect(await list(blind, w.acme)).toBe(null)
  for (const by of [blind, await w.person()]) expect(await seenRequest(by, request)).toBe(null)
  expect(await seenRequest(w.owner, { id: missingId('JoinRequest') })).toBe(null)
})

test('a requester sees their own requests: the name of each organization, the state, and no more (REQ-8)', async () => {
  const w = await world()
  const other = await w.organization(w.owner, { name: 'Globex' })
  await lets(w.owner, w.acme, 'OPEN')
  await lets(w.owner, other, 'OPEN')
  const requester = await w.person()
  await asks(requester, w.acme)
  const request = await asks(requester, other)
  expect((await ownRequests(requester))[0]).toEqual({
    ...{ id: request.id, status: 'PENDING', organizationName: 'Globex', organization: null },
  })
  expect(await ownRequests(await w.person())).toEqual([])
  const query =
    'query($id: ID!, $slug: String!) { byId: organization(by: { id: $id }) { name } bySlug: organization(by: { slug: $slug }) { name } }'
  expect(await requester.query(query, other)).toEqual({ byId: null, bySlug: null })
})

test('what the viewer can do with a request is said beforehand', async () => {
  const w = await world()
  await lets(w.owner, w.acme, 'OPEN')
  const requester = await w.person()
  const request = await asks(requester, w.acme)
  const can = (by: Client) => seenRequest(by, request, 'viewerCanDecide viewerCanWithdraw')
  expect(await can(requester)).toEqual({ viewerCanDecide: false, viewerCanWithdraw: true })
  expect(await can(w.owner)).toEqual({ viewerCanDecide: true, viewerCanWithdraw: false })
  expect(await can(await memberWith(w.acme, ['join-request:read']))).toEqual({
    ...{ viewerCanDecide: false, viewerCanWithdraw: false },
  })
  await refuse(w.owner, request)
  expect(await can(requester)).toEqual({ viewerCanDecide: false, viewerCanWithdraw: false })
  expect(await can(w.owner)).toEqual({ viewerCanDecide: false, viewerCanWithdraw: false })
})

describe('who may ask', () => {
  const policy =
    'query($id: ID!) { organization(by: { id: $id }) { joinRequestPolicy { access emailDomains viewerCanUpdate } } }'

  test('is nobody until somebody with join-request:configure says otherwise (REQ-1)', async () => {
    const w = await world()
    const admin = await memberWith(w.acme, ['join-request:configure'])
    const { organization } = await (await w.acme.member()).query(policy, w.acme)
    expect(organization.joinRequestPolicy).toEqual({ access: 'CLOSED', emailDomains: [], viewerCanUpdate: false })
    const { result, audit, outbox } = await written(w, () =>
      lets(admin, w.acme, 'EMAIL_DOMAINS', ['ACME.test', 'acme.test']),
    )
    const expected = { access: 'EMAIL_DOMAINS', emailDomains: ['acme.test'], viewerCanUpdate: true }
    expect(result.organization.joinRequestPolicy).toEqual(expected)
    expect(audit.map(({ action, changes }) => ({ action, changes }))).toEqual([
      {
        action: 'JOIN_REQUEST_POLICY_UPDATED',
        changes: [
          { field: 'access', before: 'CLOSED', after: 'EMAIL_DOMAINS' },
          { field: 'emailDomains', before: '[]', after: '["acme.test"]' },
        ],
      },
    ])
    const where = uuidOf(w.acme.id)
    expect(outbox).toEqual([
      { where, type: 'JOIN_REQUEST_POLICY_UPDATED', payload: { organizationId: where, access: 'EMAIL_DOMAINS' } },
    ])
    const { result: again, ...journal } = await written(w, () => lets(admin, w.acme, 'EMAIL_DOMAINS', ['acme.test']))
    expect(again.__typename).toBe('UpdateJoinRequestPolicyPayload')
    expect(actionsOf(journal)).toEqual(nothing)
  })

  test.each<[string, string[] | undefined]>([
    ['EMAIL_DOMAINS', undefined],
    ['EMAIL_DOMAINS', []],
    ['OPEN', ['acme.test']],
    ['CLOSED', ['acme.test']],
    ['EMAIL_DOMAINS', ['acme']],
  ])('is not %s with the domains %j', async (access, domains) => {
    const w = await world()
    const result = await lets(w.owner, w.acme, access, domains)
    expect(result.__typename).toBe('InvalidInputError')
    expect(result.issues[0].path.slice(0, 2)).toEqual(['input', 'emailDomains'])
  })

  test('is not for others to say', async () => {
    const w = await world()
    const input = { organizationId: w.acme.id, access: 'OPEN' }
    const member = await memberWith(w.acme, ['organization:update', 'join-request:decide'])
    const { result, ...journal } = await written(w, () => member.refusal('updateJoinRequestPolicy', input))
    expect(result).toBe('FORBIDDEN')
    expect(actionsOf(journal)).toEqual(refusedOnly)
    expect(await (await w.person()).refusal('updateJoinRequestPolicy', input)).toBe('NOT_FOUND')
    await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
    expect(await w.operator.refusal('updateJoinRequestPolicy', input)).toBe('NOT_FOUND')
  })
})
