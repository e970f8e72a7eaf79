import { describe, expect, test } from 'vitest'
import type { AnswerError } from '../kit/client.ts'
import { deployment } from '../kit/deployment.ts'
import { trusting, vouchedFor } from '../kit/foreign.ts'
import { startIssuer } from '../kit/issuer.ts'
import { sql } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { post } from './requests.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** What tells of the inside: tables, SQL, drivers, files, stacks. */
const inside =
  /relation|select |insert |column "|constraint|postgres|mikro|kysely|node_modules|\.ts\b|stack|outbox|\bat /i

/** The one error, which says no more than that it happened; and its line in the log. */
function masked(errors: AnswerError[], log: string[]): { line: Record<string, string>; error: AnswerError } {
  const [error, ...others] = errors
  if (error === undefined || others.length > 0) throw new Error(`Not one error: ${JSON.stringify(errors)}`)
  const { reference } = error.extensions
  expect(error.extensions).toEqual({ code: 'INTERNAL', reference: expect.stringMatching(uuid) })
  expect(error.message).toBe(`Something went wrong on our side. If it goes on, report the reference ${reference}.`)
  const lines = log.map(text => JSON.parse(text)).filter(line => line.reference === reference)
  expect(lines).toHaveLength(1)
  return { line: lines[0], error }
}

test('of a failed read only that it happened leaves the server; the log has the rest under its reference, once', async () => {
  const w = await world({ isolated: true })
  await sql(w, 'alter table invitation rename to gone')
  const { data, errors } = await w.owner.send('{ viewer { principal { displayName } invitations { totalCount } } }')
  expect(JSON.stringify({ data, errors })).not.toMatch(inside)
  const { line, error } = masked(errors, w.log)
  expect(error.path).toEqual(['viewer', 'invitations'])
  expect(line).toMatchObject({ level: 'error', message: 'unexpected error', path: 'viewer.invitations' })
  expect(line.stack).toContain('relation "invitation" does not exist')
})

test('of a failed mutation too, and nothing of it stays', async () => {
  const w = await world({ isolated: true })
  await sql(w, 'alter table outbox_event rename to gone')
  const input = { organizationId: w.acme.id, email: 'secret.person@people.test' }
  const text = 'mutation($input: InviteMemberInput!) { inviteMember(input: $input) { __typename } }'
  const { data, errors } = await w.owner.send(text, { input })
  expect(JSON.stringify({ data, errors })).not.toMatch(inside)
  masked(errors, w.log)
  expect(w.log.join('\n')).not.toContain('secret.person')
  expect(await sql(w, 'select from invitation')).toEqual([])
  expect(await sql(w, "select from audit_event where action = 'INVITATION_CREATED'")).toEqual([])
})

test('of a lost database too: the whole request fails with status 500, and what needs no database goes on', async () => {
  const { app, log, token, dropDatabase } = await deployment()
  const ada = await token('ada@people.test')
  // The worker of mail has looked for work by then: a transaction that loses its database is another matter.
  await app.sendDueMail()
  await dropDatabase()
  const { status, text, errors } = await post(app, '{ viewer { principal { id } } }', { token: ada })
  expect(status).toBe(500)
  expect(text).not.toMatch(inside)
  masked(errors, log)
  expect(log.join('\n')).not.toContain('ada@people.test')
  expect(await post(app, '{ __typename }')).toMatchObject({ status: 200, errors: [] })
})

test('a row that the database shows in its refusal does not reach the log', async () => {
  const issuer = await startIssuer()
  const w = await world({ isolated: true, env: trusting(issuer) })
  await sql(w, "alter table principal add constraint no_such_name check (display_name <> 'Secret Person')")
  const claims = { email: 'secret.person@people.test', email_verified: true, name: 'Secret Person' }
  const { status, data, errors } = await (await vouchedFor(w, issuer, claims)).send('{ viewer { principal { id } } }')
  expect({ status, data }).toEqual({ status: 500, data: null })
  const { line } = masked(errors, w.log)
  expect(line.stack).toContain('violates check constraint "no_such_name"')
  expect(w.log.join('\n')).not.toMatch(/secret/i)
  await issuer.close()
})

test('what went well is answered beside the failure', async () => {
  const w = await world({ isolated: true })
  await sql(w, 'alter table invitation rename to gone')
  const query = 'query($id: ID!) { organization(by: { id: $id }) { slug invitations { totalCount } } }'
  const { data, errors } = await w.owner.send(query, { id: w.acme.id })
  expect(masked(errors, w.log).error.path).toEqual(['organization', 'invitations'])
  expect(data).toEqual({ organization: { slug: w.acme.slug, invitations: null } })
})

describe('the log', () => {
  test('has one line a request, with neither token, address, variables nor document', async () => {
    const w = await world({ isolated: true })
    const grace = await w.person('grace.hopper@people.test')
    const input = { organizationId: w.acme.id, email: 'Grace.Hopper@people.test' }
    w.log.splice(0)
    await w.owner.send('mutation Invite($input: InviteMemberInput!) { inviteMember(input: $input) { __typename } }', {
      input,
    })
    await grace.send('query Mine { viewer { invitations { nodes { email } } } }')
    await grace.send('query Wrong { organization(by: { slug: "grace.hopper@people.test" }) { nope } }')
    await post(w.app, '{ __typename }', { token: `${grace.token}x` })
    await post(w.app, '{ __typename }', { headers: { authorization: `Basic ${grace.token}` } })
    const lines = w.log.map(line => JSON.parse(line))
    expect(lines.map(({ message, operation, status }) => ({ message, operation, status }))).toEqual([
      { message: 'request', operation: undefined, status: 200 },
      { message: 'request', operation: undefined, status: 200 },
      { message: 'request', operation: undefined, status: 200 },
      { message: 'request', operation: undefined, status: 401 },
      { message: 'request', operation: undefined, status: 401 },
    ])
    for (const line of lines)
      expect(Object.keys(line)).toEqual(
        expect.arrayContaining(['time', 'level', 'requestId', 'method', 'path', 'milliseconds']),
      )
    const text = w.log.join('\n')
    expect(text).not.toMatch(/grace|hopper|people\.test/i)
    for (const part of grace.token.split('.')) expect(text).not.toContain(part)
  })

  test.each<[unknown, string | undefined]>([
    ['Mine', 'Mine'],
    ['ada@people.test', undefined],
    ['Mine\n{"level":"error"}', undefined],
    ['M'.repeat(101), undefined],
    [{ token: 'eyJhbGciOiJFUzI1NiJ9' }, undefined],
    [7, undefined],
    ['', undefined],
    [null, undefined],
  ])('takes %j as the name of an operation only when it is one', async (operationName, operation) => {
    const { app, log } = await deployment()
    await app.fetch(
      new Request('http://tenantry.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: 'query Mine { viewer { __typename } }', operationName }),
      }),
    )
    expect(log.map(line => JSON.parse(line).operation)).toEqual([operation])
  })

  test('keeps quiet about what is in the address of a request', async () => {
    const { app, log } = await deployment()
    await app.fetch(
      new Request('http://tenantry.test/graphql?query={__typename}&access_token=eyJhbGciOiJFUzI1NiJ9.x.y'),
    )
    expect(log.join('\n')).not.toContain('eyJ')
  })
})
