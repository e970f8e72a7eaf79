import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { managementPermissionKeys } from '../../src/auth/permissions.ts'
import type { Client } from '../kit/client.ts'
import { trusting, vouchedFor } from '../kit/foreign.ts'
import { operatorWith } from '../kit/holders.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'
import { type World, world } from '../kit/world.ts'

let issuer: TestIssuer
let other: TestIssuer
let w: World
beforeAll(async () => {
  ;[issuer, other] = await Promise.all([startIssuer(), startIssuer()])
  const operators = ['operator@tenantry.test', 'Root@Bücher.example', `${issuer.issuer} root-subject`]
  w = await world({ env: { ...trusting(issuer, other), OPERATORS: operators.join(', ') } })
})
afterAll(() => Promise.all([issuer.close(), other.close()]))

const held = async (client: Client) =>
  (await client.query('{ viewer { managementPermissions } }')).viewer.managementPermissions
const isOperator = async (client: Client) => {
  const { errors } = await client.send('{ organizations { totalCount } }')
  return errors.length === 0 && (await held(client)).length === managementPermissionKeys.length
}

describe('OPERATORS names', () => {
  test('an operator by "issuer subject", whatever their address', async () => {
    expect(await isOperator(await vouchedFor(w, issuer, { sub: 'root-subject' }))).toBe(true)
    const claims = { sub: 'root-subject', email: 'somebody@people.test', email_verified: false }
    expect(await isOperator(await vouchedFor(w, issuer, claims))).toBe(true)
  })

  test.each([['root@bücher.example'], ['ROOT@XN--BCHER-KVA.EXAMPLE'], ['root@xn--bcher-kva.example']])(
    'an operator by verified address, in any spelling: %s',
    async email => {
      expect(await isOperator(await vouchedFor(w, issuer, { email, email_verified: true }))).toBe(true)
    },
  )

  test.each<[string, Record<string, unknown>]>([
    ['an unverified address', { email: 'root@bücher.example', email_verified: false }],
    ['an address of which nothing is said', { email: 'root@bücher.example' }],
    ['an address that is verified in words', { email: 'root@bücher.example', email_verified: 'true' }],
    ['a plus-address', { email: 'root+1@bücher.example', email_verified: true }],
    ['an address with more behind it', { email: 'root@bücher.example.evil.test', email_verified: true }],
    ['a path behind the address', { email: 'root@bücher.example/evil.test', email_verified: true }],
    ['the subject in capitals', { sub: 'ROOT-SUBJECT' }],
    ['the subject with space behind it', { sub: 'root-subject ' }],
    ['the address as the subject', { sub: 'root@bücher.example' }],
    ['the whole entry as the subject', { sub: 'x root-subject' }],
    ['a name', { name: 'root-subject' }],
  ])('nobody by %s', async (_, claims) => {
    expect(await isOperator(await vouchedFor(w, issuer, claims))).toBe(false)
  })

  test('nobody by the subject at another issuer', async () => {
    expect(await isOperator(await vouchedFor(w, other, { sub: 'root-subject' }))).toBe(false)
  })

  test('nobody any more whose address the next token calls unverified', async () => {
    const claims = { sub: randomUUID(), email: 'root@bücher.example' }
    expect(await isOperator(await vouchedFor(w, issuer, { ...claims, email_verified: true }))).toBe(true)
    expect(await isOperator(await vouchedFor(w, issuer, { ...claims, email_verified: false }))).toBe(false)
  })
})

describe('a management permission that was granted', () => {
  test('is effective on the next request, and so is its revocation (ROL-4, MGT-2)', async () => {
    const operator = await operatorWith(w, ['ORGANIZATIONS_READ'])
    const query = 'query($id: ID!) { organization(by: { id: $id }) { id } }'
    expect((await operator.query(query, { id: w.acme.id })).organization).toEqual({ id: w.acme.id })
    await w.operator.mutate('setManagementPermissions', { principalId: await operator.id(), permissions: [] })
    expect(await held(operator)).toEqual([])
    expect((await operator.query(query, { id: w.acme.id })).organization).toBe(null)
    const { errors } = await operator.send('{ organizations { totalCount } }')
    expect(errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', permission: 'organizations:read' })
  })

  test('is no longer enough for a write either', async () => {
    const operator = await operatorWith(w, ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ'])
    const input = { organizationId: w.acme.id, name: 'By an operator' }
    expect((await operator.mutate('updateOrganization', input)).__typename).toBe('UpdateOrganizationPayload')
    await w.operator.mutate('setManagementPermissions', {
      principalId: await operator.id(),
      permissions: ['ORGANIZATIONS_READ'],
    })
    expect(await operator.refusal('updateOrganization', input)).toBe('FORBIDDEN')
  })

  test('belongs to the user, whatever token of theirs', async () => {
    const sub = randomUUID()
    const [one, two] = [await vouchedFor(w, issuer, { sub }), await vouchedFor(w, issuer, { sub })]
    const { principal } = (await one.query('{ viewer { principal { id } } }')).viewer
    await w.operator.mutate('setManagementPermissions', { principalId: principal.id, permissions: ['USERS_READ'] })
    expect([await held(one), await held(two)]).toEqual([['USERS_READ'], ['USERS_READ']])
    expect(await held(await vouchedFor(w, other, { sub }))).toEqual([])
  })

  test('can be a machine’s', async () => {
    const machine = await w.machine()
    await w.operator.mutate('setManagementPermissions', {
      principalId: await machine.id(),
      permissions: ['USERS_READ'],
    })
    expect((await machine.query('{ users(first: 1) { nodes { id } } }')).users.nodes).toHaveLength(1)
  })
})
