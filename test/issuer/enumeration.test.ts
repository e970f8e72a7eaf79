import { expect, test } from 'vitest'
import { missingId } from '../kit/holders.ts'
import { uuidOf } from '../kit/journal.ts'
import { type IssuerWorld, issuerWorld, signIn, tokenRequest, webSecret } from '../kit/sign-in.ts'

// What exists is not told by what the token endpoint answers, nor by how much it does before it answers.

const exchangeType = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** An answer, with the work behind it. */
async function answered(w: IssuerWorld, form: Record<string, string>) {
  w.statements.splice(0)
  const { status, body } = await tokenRequest(w.issuer, form)
  return { status, body, statements: w.statements.splice(0).length }
}

async function machineOf(w: IssuerWorld) {
  const machine = await w.machine()
  const applicationId = await machine.id()
  const shown = '... on CreateApplicationSecretPayload { secret }'
  const { secret } = await w.operator.mutate('createApplicationSecret', { applicationId }, shown)
  return { client_id: machine.clientId, client_secret: secret as string, applicationId }
}

test('an organization that is unknown, foreign, deleted or suspends the caller is the same, on every way (TOK-4)', async () => {
  const w = await issuerWorld()
  const { tokens } = await signIn(w)
  const userId = Buffer.from(`User:${tokens.claims()?.sub}`).toString('base64url')
  const { applicationId, ...machine } = await machineOf(w)
  const foreign = await w.organization(w.owner)
  const deleted = await w.organization(w.owner)
  for (const { id: organizationId } of [w.acme, deleted]) {
    const added = '{ membership { id } }'
    const person = await w.operator.mutate('addMember', { organizationId, userId }, `... on AddMemberPayload ${added}`)
    const robot = await w.operator.mutate(
      'addMachineMember',
      { organizationId, applicationId, roleIds: [] },
      `... on AddMachineMemberPayload ${added}`,
    )
    for (const { membership } of [person, robot]) await w.owner.mutate('suspendMember', { membershipId: membership.id })
  }
  await w.owner.mutate('deleteOrganization', { organizationId: deleted.id })
  const ways: Record<string, string>[] = [
    { grant_type: 'refresh_token', client_id: 'spa', refresh_token: tokens.refresh_token ?? '' },
    {
      ...{ grant_type: exchangeType, client_id: 'spa' },
      ...{ subject_token: tokens.access_token, subject_token_type: accessTokenType },
    },
    { grant_type: 'client_credentials', ...machine },
  ]
  for (const way of ways) {
    await answered(w, { ...way, organization_id: uuidOf(missingId('Organization')) })
    const expected = await answered(w, { ...way, organization_id: uuidOf(missingId('Organization')) })
    expect(expected).toMatchObject({ status: 400, body: { error: 'access_denied' } })
    expect(expected.statements).toBeGreaterThan(0)
    for (const { id } of [foreign, deleted, w.acme])
      expect(await answered(w, { ...way, organization_id: uuidOf(id) })).toEqual(expected)
    for (const organization of ['no-such-organization', foreign.slug, deleted.slug, w.acme.slug])
      expect(await answered(w, { ...way, organization })).toEqual(expected)
  }
})

test('a client that there is none of is the same as a wrong secret of one', async () => {
  const w = await issuerWorld()
  const { client_id: machine, applicationId } = await machineOf(w)
  const { client_id: gone, client_secret: goneSecret, applicationId: goneId } = await machineOf(w)
  await w.operator.mutate('deleteMachineApplication', { applicationId: goneId })
  expect(applicationId).not.toBe(goneId)
  const secret = `${webSecret}.`
  const bodies = []
  for (const client of [
    { client_id: 'nobody', client_secret: secret },
    { client_id: gone, client_secret: goneSecret },
    { client_id: machine, client_secret: secret },
    { client_id: 'web', client_secret: secret },
  ])
    bodies.push(await tokenRequest(w.issuer, { grant_type: 'client_credentials', ...client }))
  const seen = bodies.map(({ status, body }) => ({ status, body }))
  expect(seen[0]).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  for (const one of seen) expect(one).toEqual(seen[0])
})
