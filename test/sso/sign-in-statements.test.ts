import { expect, test } from 'vitest'
import { uuidOf } from '../kit/journal.ts'
import { sql } from '../kit/rows.ts'
import { arriving } from './arriving.ts'
import { type Connected, connected, employee, type SsoWorld, ssoWorld } from './connectors.ts'
import { taking } from './taking-in.ts'

/** What the end of a first sign-in asks the database, by name, and where its user is a member after it. */
async function firstSignIn(w: SsoWorld, { domain }: Connected, name: string, groups: readonly string[] = []) {
  const ada = employee(`${name}@${domain}`, { groups })
  const coming = await arriving(w, ada)
  w.statements.splice(0)
  const shown = await coming.finish()
  expect(shown.url.searchParams.has('code')).toBe(true)
  const names = w.statements.map(one => one.name)
  const roles = await sql<{ place: string; roles: number }>(
    w,
    `select m.organization_id as place, count(r.role_id)::int as roles from membership m
     join principal p on p.id = m.principal_id
     left join membership_role r on r.organization_id = m.organization_id and r.membership_id = m.id
     where p.email = $1 group by 1`,
    [ada.email],
  )
  return { names, roles }
}

const many = Array.from({ length: 20 }, (_, at) => at)

test('a first sign-in asks as much for one organization that takes people in as for twenty (JIT-6, SSO-6)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  const ssoConnectorId = there.connector.id
  const groups = ['dev']
  const takingIn = async (place: typeof w.acme) => {
    await taking(w, there, {}, place)
    const mappings = [{ group: 'dev', roleId: await place.customRole(['member:read']) }]
    const mapped = { ssoConnectorId, organizationId: place.id, mappings, reapplies: true }
    await w.owner.mutate('setSsoGroupMappings', mapped)
  }
  await takingIn(w.acme)
  const one = await firstSignIn(w, there, 'one', groups)
  for (const _ of many.slice(1)) {
    const place = await w.organization(w.owner)
    await w.owner.mutate('shareSsoConnector', { ssoConnectorId, organizationId: place.id })
    await takingIn(place)
  }
  const twenty = await firstSignIn(w, there, 'twenty', groups)
  expect([one, twenty].map(({ roles }) => roles.map(row => row.roles))).toEqual([[2], many.map(() => 2)])
  // That it acts in more than one is said once.
  const [entered, others] = [(name: string) => /^enter_/.test(name), (name: string) => !/^enter_/.test(name)]
  expect(twenty.names.filter(others)).toEqual(one.names.filter(others))
  expect(twenty.names.filter(entered).length).toBe(one.names.filter(entered).length + 1)
})

test.each([
  ['once', false],
  ['at each sign-in', true],
])(
  'and as much for one group that has a role as for twenty, where groups count %s (SSO-6)',
  async (_how, reapplies) => {
    const w = await ssoWorld()
    const there = await connected(w)
    await taking(w, there)
    const roleIds: string[] = []
    for (const at of many) roleIds.push(await w.acme.customRole(['member:read'], { name: `Role ${at}` }))
    const mapped = { ssoConnectorId: there.connector.id, organizationId: w.acme.id, reapplies }
    const mappings = roleIds.map((roleId, at) => ({ group: `g${at}`, roleId }))
    await w.owner.mutate('setSsoGroupMappings', { ...mapped, mappings: mappings.slice(0, 1) })
    const one = await firstSignIn(w, there, 'one', ['g0'])
    await w.owner.mutate('setSsoGroupMappings', { ...mapped, mappings })
    const groups = many.map(at => `g${at}`)
    const twenty = await firstSignIn(w, there, 'twenty', groups)
    // With the default role.
    const places = [{ place: uuidOf(w.acme.id), roles: 2 }]
    expect(one.roles).toEqual(places)
    expect(twenty.roles).toEqual([{ ...places[0], roles: 21 }])
    expect(twenty.names).toEqual(one.names)
  },
)
