import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeNodeId } from '../../src/graphql/ids.ts'
import type { OrganizationGrant } from '../../src/organization-tokens/grant.ts'
import type { Authentication } from '../../src/sign-in-policy/meets.ts'
import { type Person, type World, world } from '../kit/world.ts'
import { builtInIssuer, type Granting, openGranting } from './granting.ts'

// Every policy, crossed with every state of a membership and every kind of sign-in: what each comes to.

type SignIn = Omit<Authentication, 'at'> & { minutesAgo: number }
const byCode = { minutesAgo: 1, methods: ['otp', 'email'], acr: null, issuer: builtInIssuer }
const signIns = {
  'by a mailed code': byCode,
  'by a passkey': { ...byCode, methods: ['hwk'] },
  'by a code and a passkey': { ...byCode, methods: ['otp', 'email', 'hwk', 'mfa'] },
  'at another issuer': { ...byCode, methods: ['pwd'], issuer: 'https://id.test' },
  'at another issuer with two factors': { ...byCode, methods: ['pwd'], acr: 'phr', issuer: 'https://id.test' },
  'by a mailed code two hours ago': { ...byCode, minutesAgo: 120 },
  'in the future': { ...byCode, minutesAgo: -10 },
  'nobody knows how': null,
} satisfies Record<string, SignIn | null>
type SignInName = keyof typeof signIns

const policies = {
  nothing: {},
  'a second factor': { requiresMfa: true },
  'a passkey': { allowedMethods: ['PASSKEY'] },
  'a mailed code or another issuer': { allowedMethods: ['EMAIL_CODE', 'EXTERNAL'] },
  'a sign-in of the last hour': { maxSessionMinutes: 60 },
  'a passkey, a second factor, and that within the hour': {
    ...{ requiresMfa: true, allowedMethods: ['PASSKEY'], maxSessionMinutes: 60 },
  },
} satisfies Record<string, object>
type PolicyName = keyof typeof policies

const [MFA, METHOD, SESSION] = ['MFA', 'METHOD', 'SESSION'] as const
/** What an active member lacks; those that are not named get a token. */
const lacks: Record<PolicyName, Partial<Record<SignInName, 'MFA' | 'METHOD' | 'SESSION'>>> = {
  nothing: {},
  'a second factor': {
    ...{ 'by a mailed code': MFA, 'by a passkey': MFA, 'at another issuer': MFA, 'nobody knows how': MFA },
    ...{ 'by a mailed code two hours ago': MFA, 'in the future': MFA },
  },
  'a passkey': {
    ...{ 'by a mailed code': METHOD, 'at another issuer': METHOD, 'at another issuer with two factors': METHOD },
    ...{ 'by a mailed code two hours ago': METHOD, 'in the future': METHOD, 'nobody knows how': METHOD },
  },
  'a mailed code or another issuer': { 'by a passkey': METHOD, 'nobody knows how': METHOD },
  'a sign-in of the last hour': {
    ...{ 'by a mailed code two hours ago': SESSION, 'in the future': SESSION, 'nobody knows how': SESSION },
  },
  'a passkey, a second factor, and that within the hour': {
    ...{ 'by a mailed code': METHOD, 'by a passkey': MFA, 'at another issuer': METHOD },
    ...{ 'at another issuer with two factors': METHOD, 'by a mailed code two hours ago': METHOD },
    ...{ 'in the future': METHOD, 'nobody knows how': METHOD },
  },
}
const errors = {
  ...{ MFA: 'insufficient_user_authentication', METHOD: 'insufficient_user_authentication', SESSION: 'login_required' },
}

const states = ['active', 'suspended', 'removed', 'never a member', 'organization deleted', 'unknown'] as const
type State = (typeof states)[number]

let w: World
let granting: Granting
beforeAll(async () => {
  w = await world()
  granting = await openGranting(w)
})
afterAll(() => granting.close())

const authenticationOf = (name: SignInName): Authentication | null => {
  const signIn: SignIn | null = signIns[name]
  if (signIn === null) return null
  const { minutesAgo, ...said } = signIn
  return { ...said, at: new Date(w.clock().getTime() - minutesAgo * 60_000) }
}

/** Somebody in this state, and the id of the organization that asks for this. */
async function membershipOf(state: State, policy: PolicyName): Promise<{ person: Person; organizationId: string }> {
  const owner = await w.person()
  const { id: organizationId, ...organization } = await w.organization(owner)
  const updated = await owner.mutate('updateSignInPolicy', { organizationId, ...policies[policy] })
  expect(updated.__typename).toBe('UpdateSignInPolicyPayload')
  if (state === 'unknown') return { person: owner, organizationId: encodeNodeId('Organization', randomUUID()) }
  if (state === 'never a member') return { person: await w.person(), organizationId }
  const person = await organization.member()
  const { membershipId } = person
  if (state === 'suspended') await owner.mutate('suspendMember', { membershipId })
  if (state === 'removed') await owner.mutate('removeMember', { membershipId })
  if (state === 'organization deleted') await owner.mutate('deleteOrganization', { organizationId })
  return { person, organizationId }
}

describe.each(Object.keys(policies) as PolicyName[])('an organization that asks for %s', policy => {
  test('gives an active member a token, or says what the sign-in lacks (SIP-1, TOK-5)', async () => {
    const { person, organizationId } = await membershipOf('active', policy)
    for (const name of Object.keys(signIns) as SignInName[]) {
      const grant = await granting.grant(person, organizationId, { authentication: authenticationOf(name) })
      const missing = lacks[policy][name]
      const expected = missing === undefined ? { ok: true } : { ok: false, error: errors[missing], missing }
      expect(grant, name).toMatchObject(expected)
    }
  })

  test.each(states.filter(state => state !== 'active'))(
    'tells nothing to one for whom it is: %s; the answer is one and the same (TOK-4)',
    async state => {
      const { person, organizationId } = await membershipOf(state, policy)
      const answers: OrganizationGrant[] = []
      for (const name of Object.keys(signIns) as SignInName[])
        answers.push(await granting.grant(person, organizationId, { authentication: authenticationOf(name) }))
      expect(new Set(answers.map(answer => JSON.stringify(answer)))).toEqual(
        new Set([
          JSON.stringify({
            ...{ ok: false, error: 'access_denied' },
            description: 'There is no such organization, or you are no active member of it.',
          }),
        ]),
      )
    },
  )

  test('asks nothing of a machine, which signs in with its own secret (SIP-1)', async () => {
    const owner = await w.person()
    const { id: organizationId } = await w.organization(owner)
    await owner.mutate('updateSignInPolicy', { organizationId, ...policies[policy] })
    const machine = await w.machine()
    const input = { organizationId, applicationId: await machine.id(), roleIds: [] }
    await w.operator.mutate('addMachineMember', input)
    expect(await granting.grant(machine, organizationId)).toMatchObject({ ok: true })
  })
})

test('a token does not outlive the sign-in that an organization asks for (SIP-2)', async () => {
  const { person, organizationId } = await membershipOf('active', 'a sign-in of the last hour')
  const at = new Date(w.clock().getTime() - 58 * 60_000)
  const authentication = { ...byCode, at }
  expect(await granting.grant(person, organizationId, { authentication })).toMatchObject({ ok: true, seconds: 120 })
})
