import { describe, expect, test } from 'vitest'
import type { Client, Loose } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { type World, world } from '../kit/world.ts'
import { joinBy, link, preview, revokeLink, seenLink } from './links.ts'

const text = `query($id: ID!, $filter: InviteLinkFilter, $first: Int, $after: String) { organization(by: { id: $id }) {
  inviteLinks(filter: $filter, first: $first, after: $after) { totalCount nodes { label status } pageInfo { hasNextPage endCursor } } } }`

async function list(by: Client, { id }: { id: string }, variables: object = {}): Promise<Loose | null> {
  return (await by.query(text, { id, ...variables })).organization?.inviteLinks
}

/** Four links, one in each state, a minute apart. */
async function inEveryState() {
  const clock = testClock()
  const w = await world({ clock, isolated: true })
  const made: Record<string, Awaited<ReturnType<typeof link>>> = {}
  const terms: Record<string, object> = {
    active: {},
    used: { maxUses: 1, expiresAt: new Date(clock().getTime() + 3_600_000).toISOString() },
    expired: { expiresAt: new Date(clock().getTime() + 3_600_000).toISOString() },
    revoked: {},
  }
  for (const [label, own] of Object.entries(terms)) {
    made[label] = await link(w.owner, w.acme, { label, ...own })
    clock.advance({ minutes: 1 })
  }
  await joinBy(await w.person(), made.used ?? { token: '' })
  await revokeLink(w.owner, made.revoked ?? { id: '' })
  clock.advance({ hours: 2 })
  return { w, made }
}

test('the links of an organization are listed newest first, each as it is at this moment (LNK-2)', async () => {
  const { w } = await inEveryState()
  const all = [
    { label: 'revoked', status: 'REVOKED' },
    { label: 'expired', status: 'EXPIRED' },
    { label: 'used', status: 'USED_UP' },
    { label: 'active', status: 'ACTIVE' },
  ]
  expect(await list(w.owner, w.acme)).toMatchObject({ totalCount: 4, nodes: all })
  for (const one of all)
    expect(await list(w.owner, w.acme, { filter: { statuses: [one.status] } })).toMatchObject({
      ...{ totalCount: 1, nodes: [one] },
    })
  expect(await list(w.owner, w.acme, { filter: { statuses: ['ACTIVE', 'USED_UP'] } })).toMatchObject({ totalCount: 2 })
  expect(await list(w.owner, w.acme, { filter: { statuses: [] } })).toMatchObject({ totalCount: 0 })
  const page = await list(w.owner, w.acme, { first: 3 })
  expect(page?.pageInfo.hasNextPage).toBe(true)
  expect(await list(w.owner, w.acme, { first: 3, after: page?.pageInfo.endCursor })).toMatchObject({ nodes: [all[3]] })
})

test('holders of invite-link:read and operators see links; others get null, and another organization its own alone', async () => {
  const w = await world()
  const made = await link(w.owner, w.acme)
  const stranger = await w.person()
  const other = await w.organization(stranger)
  for (const by of [await memberWith(w.acme, ['invite-link:read']), await operatorWith(w, ['ORGANIZATIONS_READ'])]) {
    expect(await list(by, w.acme)).toMatchObject({ totalCount: 1 })
    expect(await seenLink(by, made)).toMatchObject({ id: made.id })
  }
  const blind = await memberWith(w.acme, ['invite-link:create', 'invite-link:revoke', 'invitation:read'])
  expect(await list(blind, w.acme)).toBe(null)
  expect(await seenLink(blind, made)).toBe(null)
  expect(await seenLink(stranger, made)).toBe(null)
  expect(await list(stranger, other)).toMatchObject({ totalCount: 0 })
  expect(await seenLink(w.owner, { id: missingId('InviteLink') })).toBe(null)
})

describe('the preview by token (LNK-6)', () => {
  test('says name, logo, roles, state and expiry to anybody, signed in or not', async () => {
    const w = await world()
    const logoUrl = 'https://acme.test/logo.png'
    await w.owner.mutate('updateOrganization', { organizationId: w.acme.id, name: 'Acme Works', logoUrl })
    const roleIds = [await w.acme.customRole([], { name: 'Auditor' }), await w.roleId('Member')]
    const { token, id } = await link(w.owner, w.acme, { roleIds })
    const expected = {
      ...{ organizationName: 'Acme Works', organizationLogoUrl: logoUrl, roleNames: ['Auditor', 'Member'] },
      ...{ status: 'ACTIVE', expiresAt: (await seenLink(w.owner, { id }))?.expiresAt },
    }
    for (const by of [w.anonymous(), await w.person(), await w.machine(), w.owner])
      expect(await preview(by, token)).toEqual(expected)
  })

  test('is null for what is no token of a link, or of a deleted organization (ORG-6)', async () => {
    const w = await world()
    const { token, id } = await link(w.owner, w.acme)
    for (const wrong of ['', 'unknown', token.slice(1), id, "' or true --", 'x'.repeat(10_000), '\u0000'])
      expect(await preview(w.anonymous(), wrong)).toBe(null)
    await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
    expect(await preview(w.anonymous(), token)).toBe(null)
    expect(await preview(w.operator, token)).toBe(null)
  })

  test('says of a link that is over what it is', async () => {
    const { w, made } = await inEveryState()
    const statuses = await Promise.all(
      Object.values(made).map(async one => (await preview(w.anonymous(), one.token))?.status),
    )
    expect(statuses).toEqual(['ACTIVE', 'USED_UP', 'EXPIRED', 'REVOKED'])
  })
})

test('what the viewer can do with links is said beforehand', async () => {
  const w = await world()
  const made = await link(w.owner, w.acme)
  const both = await memberWith(w.acme, ['invite-link:read', 'invite-link:revoke'])
  const reader = await memberWith(w.acme, ['invite-link:read'])
  const can = async (by: Client, world: World) =>
    (await by.query('query($id: ID!) { organization(by: { id: $id }) { viewerCanCreateInviteLinks } }', world.acme))
      .organization.viewerCanCreateInviteLinks
  expect([await can(w.owner, w), await can(reader, w)]).toEqual([true, false])
  expect(await seenLink(both, made, 'viewerCanRevoke')).toEqual({ viewerCanRevoke: true })
  expect(await seenLink(reader, made, 'viewerCanRevoke')).toEqual({ viewerCanRevoke: false })
  await revokeLink(both, made)
  expect(await seenLink(both, made, 'viewerCanRevoke')).toEqual({ viewerCanRevoke: false })
})
