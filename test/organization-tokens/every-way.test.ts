import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trusting } from '../kit/foreign.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'
import { type IssuerWorld, issuerWorld } from '../kit/sign-in.ts'
import { type Outcome, openWays, type Place } from './ways.ts'

// Every policy, crossed with every state of a membership or a sign-in, and with every way to a token over HTTP.

const policies = {
  none: {},
  'MFA required': { requiresMfa: true },
  'allowed methods': { allowedMethods: ['EMAIL_CODE', 'EXTERNAL'] },
  'session length': { maxSessionMinutes: 60 },
} satisfies Record<string, object>
type Policy = keyof typeof policies

const [T, DENIED, WEAK, OLD] = ['token', 'access_denied', 'insufficient_user_authentication', 'login_required']
/** What a person gets, on every way that no exception below names. */
const table = {
  //                       none,   MFA required, allowed methods, session length
  active: [T, T, T, T],
  suspended: [DENIED, DENIED, DENIED, DENIED],
  removed: [DENIED, DENIED, DENIED, DENIED],
  'never a member': [DENIED, DENIED, DENIED, DENIED],
  'organization deleted': [DENIED, DENIED, DENIED, DENIED],
  'MFA missing': [T, WEAK, T, T],
  'session too old': [T, T, T, OLD],
  'method not allowed': [T, T, WEAK, T],
} satisfies Record<string, readonly [Outcome, Outcome, Outcome, Outcome]>
type State = keyof typeof table

/** Where a way differs from the table; null: nobody can come by it. */
const exceptions: Record<string, (expected: Outcome, state: State) => Outcome | null> = {
  // A machine shows its own secret: nothing is asked of a sign-in.
  'client credentials': expected => (expected === DENIED ? DENIED : T),
  // The same for all, members or not.
  'a code of somebody else’s product, without consent': () => 'consent_required',
  // The tokens ended with the membership, or there never were any.
  'a refresh token of somebody else’s product': (expected, state) =>
    state === 'removed' ? 'invalid_grant' : state === 'never a member' ? null : expected,
}
const policyNames = Object.keys(policies) as Policy[]
const states = Object.keys(table) as State[]
const cells = policyNames.flatMap(policy => states.map(state => ({ policy, state })))
const signIns: Partial<Record<State, Place['signIn']>> = {
  'MFA missing': 'one factor',
  'session too old': 'two hours ago',
}

let w: IssuerWorld
let foreign: TestIssuer
let opened: Awaited<ReturnType<typeof openWays>>
const places = new Map<string, Place>()

beforeAll(async () => {
  foreign = await startIssuer()
  w = await issuerWorld({ isolated: true, env: trusting(foreign) })
  opened = await openWays(w, foreign)
}, 60_000)
afterAll(() => foreign.close())

/** An organization that asks for this, with both people and the machine in this state. */
async function placeOf(policy: Policy, state: State): Promise<Place> {
  const owner = w.owner
  const { id: organizationId } = await w.organization(owner)
  const signIn = signIns[state] ?? 'two factors'
  const asked = policies[policy]
  const isOther = state === 'method not allowed' && policy === 'allowed methods'
  const policyInput = { organizationId, ...asked, ...(isOther && { allowedMethods: ['PASSKEY'] }) }
  if (state === 'never a member') {
    await owner.mutate('updateSignInPolicy', policyInput)
    return { organizationId, signIn }
  }
  const added = '... on AddMemberPayload { membership { id } }'
  const roleIds = [await w.roleId('Admin')]
  const machine = { organizationId, applicationId: opened.applicationId, roleIds: [] }
  const joined = '... on AddMachineMemberPayload { membership { id } }'
  const made = await Promise.all([
    ...opened.people.map(userId => w.operator.mutate('addMember', { organizationId, userId, roleIds }, added)),
    w.operator.mutate('addMachineMember', machine, joined),
  ])
  const memberships: string[] = made.map(one => one.membership.id)
  const refreshToken = await opened.consent(organizationId, signIn)
  await owner.mutate('updateSignInPolicy', policyInput)
  for (const membershipId of memberships) {
    if (state === 'suspended') await owner.mutate('suspendMember', { membershipId })
    if (state === 'removed') await owner.mutate('removeMember', { membershipId })
  }
  if (state === 'organization deleted') await owner.mutate('deleteOrganization', { organizationId })
  return { organizationId, signIn, refreshToken }
}

test('no way, no policy and no state is left out: a new grant type is one without a row', async () => {
  const document = (await (await fetch(`${w.issuer}/.well-known/openid-configuration`)).json()) as {
    grant_types_supported: string[]
  }
  expect(Object.keys(opened.ways).sort()).toEqual([...document.grant_types_supported].sort())
  for (const ways of Object.values(opened.ways)) expect(Object.keys(ways).length).toBeGreaterThan(0)
  const names = Object.values(opened.ways).flatMap(Object.keys)
  for (const name of Object.keys(exceptions)) expect(names).toContain(name)
  for (const row of Object.values(table)) expect(row).toHaveLength(policyNames.length)
  // Every setting that there is: a new one is a column too.
  const input = await w.operator.query('{ __type(name: "UpdateSignInPolicyInput") { inputFields { name } } }')
  const settings = input.__type.inputFields.map((field: { name: string }) => field.name)
  const covered = policyNames.flatMap(name => Object.keys(policies[name]))
  expect(settings.filter((name: string) => name !== 'organizationId').sort()).toEqual(covered.sort())
})

describe.each([
  ['of now', cells.filter(({ state }) => state !== 'session too old')],
  ['of two hours ago', cells.filter(({ state }) => state === 'session too old')],
] as const)('a sign-in %s', (when, some) => {
  beforeAll(async () => {
    if (when === 'of two hours ago') await opened.grow()
    await Promise.all(
      some.map(async ({ policy, state }) => places.set(`${policy} ${state}`, await placeOf(policy, state))),
    )
  }, 120_000)

  test.each([...some])('$state, where $policy is asked: every way (TOK-4, TOK-5, TOK-6, SIP-1)', async cell => {
    const { policy, state } = cell
    const place = places.get(`${policy} ${state}`)
    if (place === undefined) throw new Error('there is no such place')
    const said = table[state][policyNames.indexOf(policy)] ?? ''
    const ways = Object.values(opened.ways).flatMap(Object.entries<(at: Place) => Promise<Outcome>>)
    const expected = ways
      .map(([name]) => [name, exceptions[name] === undefined ? said : exceptions[name](said, state)])
      .filter(([, outcome]) => outcome !== null)
    const asked = ways.filter(([name]) => expected.some(([known]) => known === name))
    const came = await Promise.all(asked.map(async ([name, ask]) => [name, await ask(place)]))
    expect(Object.fromEntries(came)).toEqual(Object.fromEntries(expected))
  })
})
