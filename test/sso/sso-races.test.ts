import { expect, test } from 'vitest'
import type { Shown } from '../kit/browser.ts'
import { createClient } from '../kit/client.ts'
import { uuidOf } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { rounds } from '../kit/rounds.ts'
import { limitSeats, sql } from '../kit/rows.ts'
import { authorization } from '../kit/sign-in.ts'
import { arriving } from './arriving.ts'
import { change, connected, employee, type SsoWorld, ssoWorld, typeAddress } from './connectors.ts'
import { comes, taking } from './taking-in.ts'

type Person = ReturnType<typeof employee>

/** How a sign-in ended: at the product, or on a page that says why not. Everything else is a bug. */
function endOf({ url, status, html }: Shown): 'SIGNED_IN' | 'REFUSED' {
  if (url.searchParams.has('code')) return 'SIGNED_IN'
  if (![200, 400, 403].includes(status)) throw new Error(`Unexpected end: ${url} ${status} ${html}`)
  return 'REFUSED'
}

const linksOf = (w: SsoWorld, { email }: Person) =>
  sql<{ id: string }>(
    w,
    'select i.principal_id as id from sso_identity i join principal p on p.id = i.principal_id where p.email = $1',
    [email],
  )
const membersOf = (w: SsoWorld, { email }: Person, place: { readonly id: string } = w.acme) =>
  sql<{ id: string }>(
    w,
    `select m.id from membership m join principal p on p.id = m.principal_id
     where m.organization_id = $1 and p.email = $2`,
    [uuidOf(place.id), email],
  )
const errorsIn = (w: SsoWorld) => w.log.filter(line => line.includes('"level":"error"'))

test('beside the deletion of the connector: whoever came before it goes with it, and nobody comes after it (SSO-1)', async () => {
  const w = await ssoWorld({ env: { ORGANIZATION_LIMIT_PER_USER: '1000000' } })
  for (const round of rounds) {
    const place = await w.organization(w.owner)
    const there = await connected(w, { place })
    await taking(w, there, {}, place)
    const ada = employee(`a${round}@${there.domain}`)
    const coming = await arriving(w, ada)
    const ssoConnectorId = there.connector.id
    const [shown, outcome] = await Promise.all([
      coming.finish(),
      outcomeOf(w.owner, 'deleteSsoConnector', { ssoConnectorId, members: 'REMOVE' }),
    ])
    endOf(shown)
    expect(outcome).toBe('DeleteSsoConnectorPayload')
    expect(await linksOf(w, ada)).toEqual([])
    expect(await membersOf(w, ada, place)).toEqual([])
    // The session that came through it is of no use, whether it was made before or after.
    const again = await askSilently(w, coming.browser)
    expect(again.url.searchParams.get('error')).toBe('login_required')
  }
  expect(errorsIn(w)).toEqual([])
})

test('a sign-in that ended before the deletion and goes on after it is none: its connector is gone', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  w.idp.person = employee(`ada@${there.domain}`)
  const until = w.browser(/\/oidc\/auth\/[^/]+$/)
  const { back } = await typeAddress(w, until, `ada@${there.domain}`)
  await w.owner.mutate('deleteSsoConnector', { ssoConnectorId: there.connector.id })
  const browser = w.browser()
  for (const [key, cookie] of until.cookies) browser.cookies.set(key, cookie)
  const page = await browser.open(back.url)
  expect(page.url.searchParams.has('code')).toBe(false)
  expect(page.html).toContain('name="email"')
})

test('beside its being switched off: who is refused is nobody here, and who comes is all that they are (SSO-1)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  await taking(w, there)
  for (const round of rounds) {
    const ada = employee(`a${round}@${there.domain}`)
    const coming = await arriving(w, ada)
    const [shown, off] = await Promise.all([coming.finish(), change(w.owner, there.connector, { isEnabled: false })])
    expect(off.ssoConnector?.isEnabled).toBe(false)
    const expected = endOf(shown) === 'SIGNED_IN' ? 1 : 0
    expect(await linksOf(w, ada)).toHaveLength(expected)
    expect(await membersOf(w, ada)).toHaveLength(expected)
    await change(w.owner, there.connector, { isEnabled: true })
  }
  expect(errorsIn(w)).toEqual([])
})

test('two newcomers and one seat: both sign in, and one of them is a member (MEM-3, JIT-9)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  await taking(w, there)
  const taken = await sql<{ count: number }>(
    w,
    'select count(*)::int as count from membership where organization_id = $1',
    [uuidOf(w.acme.id)],
  )
  let seats = taken[0]?.count ?? 0
  for (const round of rounds) {
    seats += 1
    await limitSeats(w, w.acme, seats)
    const both = [employee(`a${round}@${there.domain}`), employee(`b${round}@${there.domain}`)]
    const coming = [await arriving(w, both[0] as Person), await arriving(w, both[1] as Person)]
    const shown = await Promise.all(coming.map(one => one.finish()))
    expect(shown.map(endOf)).toEqual(['SIGNED_IN', 'SIGNED_IN'])
    const members = await Promise.all(both.map(one => membersOf(w, one)))
    expect(members.flat()).toHaveLength(1)
  }
  expect(errorsIn(w)).toEqual([])
})

test('beside their removal by an admin: who was removed does not come back by signing in (JIT-5, JIT-6)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  await taking(w, there)
  const roleId = await w.acme.customRole(['member:read'], { name: 'Developer' })
  const mapped = { ssoConnectorId: there.connector.id, organizationId: w.acme.id }
  const mappings = [{ group: 'dev', roleId }]
  await w.owner.mutate('setSsoGroupMappings', { ...mapped, mappings, reapplies: true })
  for (const round of rounds) {
    const ada = employee(`a${round}@${there.domain}`, { groups: round % 2 === 0 ? ['dev'] : [] })
    await comes(w, ada)
    const [member] = await membersOf(w, ada)
    const coming = await arriving(w, { ...ada, groups: round % 2 === 0 ? [] : ['dev'] } as Person)
    const membershipId = Buffer.from(`Membership:${member?.id}`).toString('base64url')
    const [shown, removed] = await Promise.all([coming.finish(), outcomeOf(w.owner, 'removeMember', { membershipId })])
    expect(endOf(shown)).toBe('SIGNED_IN')
    expect(removed).toBe('RemoveMemberPayload')
    expect(await membersOf(w, ada)).toEqual([])
    await comes(w, ada)
    expect(await membersOf(w, ada)).toEqual([])
  }
  expect(errorsIn(w)).toEqual([])
})

test('two first sign-ins of one subject: one user, one link, one membership (SSO-2, MEM-1)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  await taking(w, there)
  for (const round of rounds) {
    const ada = employee(`a${round}@${there.domain}`)
    const coming = [await arriving(w, ada), await arriving(w, ada), await arriving(w, ada)]
    const shown = await Promise.all(coming.map(one => one.finish()))
    expect(shown.map(endOf)).toEqual(['SIGNED_IN', 'SIGNED_IN', 'SIGNED_IN'])
    const subjects = await Promise.all(
      coming.map(async (one, at) => (await one.tokens(shown[at] as Shown)).claims()?.sub),
    )
    expect(new Set(subjects).size).toBe(1)
    expect(await linksOf(w, ada)).toHaveLength(1)
    expect(await membersOf(w, ada)).toHaveLength(1)
  }
  expect(errorsIn(w)).toEqual([])
})

test('groups that are re-applied beside an admin who changes roles: both are as they were said (SSO-6)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  await taking(w, there)
  const dev = await w.acme.customRole(['member:read'], { name: 'Developer' })
  const audit = await w.acme.customRole(['audit:read'], { name: 'Auditor' })
  const own = await w.acme.customRole(['domain:read'], { name: 'By hand' })
  const mappings = [
    { group: 'dev', roleId: dev },
    { group: 'audit', roleId: audit },
  ]
  const mapped = { ssoConnectorId: there.connector.id, organizationId: w.acme.id, mappings, reapplies: true }
  await w.owner.mutate('setSsoGroupMappings', mapped)
  for (const round of rounds) {
    const ada = employee(`a${round}@${there.domain}`, { groups: round % 2 === 0 ? ['dev'] : ['audit'] })
    await comes(w, ada)
    const [member] = await membersOf(w, ada)
    const membershipId = Buffer.from(`Membership:${member?.id}`).toString('base64url')
    if (round % 2 === 1) await w.owner.mutate('changeMemberRoles', { membershipId, addRoleIds: [own] })
    const [group, role] = round % 2 === 0 ? ['audit', 'Auditor'] : ['dev', 'Developer']
    const hand = round % 2 === 0 ? { addRoleIds: [own] } : { removeRoleIds: [own] }
    const coming = await arriving(w, { ...ada, groups: [group] } as Person)
    const [shown, changed, refused] = await Promise.all([
      coming.finish(),
      outcomeOf(w.owner, 'changeMemberRoles', { membershipId, ...hand }),
      outcomeOf(w.owner, 'changeMemberRoles', { membershipId, addRoleIds: [round % 2 === 0 ? dev : audit] }),
    ])
    expect(endOf(shown)).toBe('SIGNED_IN')
    expect(changed).toBe('ChangeMemberRolesPayload')
    expect(['RoleManagedByGroupsError', 'ChangeMemberRolesPayload']).toContain(refused)
    const tokens = await coming.tokens(shown)
    const { viewer } = await createClient(w.app, tokens.access_token).query(
      '{ viewer { memberships { nodes { roles { name } } } } }',
    )
    const names = viewer.memberships.nodes[0].roles.map((one: { name: string }) => one.name).toSorted()
    expect(names).toEqual([...(round % 2 === 0 ? ['By hand'] : []), 'Member', role].toSorted())
  }
  expect(errorsIn(w)).toEqual([])
})

/** What a product hears that asks without a page whether somebody is signed in. */
async function askSilently(w: SsoWorld, browser: Awaited<ReturnType<typeof arriving>>['browser']) {
  return browser.open((await authorization(await w.client(), { prompt: 'none' })).url)
}
