import { expect, test } from 'vitest'
import { uuidOf, written } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { sql } from '../kit/rows.ts'
import { connected, employee, signInThrough, ssoWorld } from './connectors.ts'
import { comes, taking } from './taking-in.ts'

const few = [0, 1, 2]

test('two first sign-ins at once of one identity make one user, one link and one membership (SSO-2, MEM-1)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  await taking(w, there)
  for (const round of few) {
    const email = `ada${round}@${there.domain}`
    w.idp.person = employee(email)
    const { result, audit } = await written(w, () => Promise.all([1, 2].map(() => signInThrough(w, email))))
    expect(new Set(result.map(one => one.tokens.claims()?.sub)).size).toBe(1)
    const actions = audit.map(entry => entry.action).toSorted()
    expect(actions).toEqual(['MEMBER_ADDED', 'SSO_IDENTITY_LINKED'])
  }
})

test('a sign-in beside the end of the sharing, a change of mappings, or a removal knows of it or comes before it (JIT-6, SSO-6)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  const ssoConnectorId = there.connector.id
  for (const round of few) {
    const place = await w.organization(w.owner)
    const shared = { ssoConnectorId, organizationId: place.id }
    await w.owner.mutate('shareSsoConnector', shared)
    await taking(w, there, {}, place)
    const roleId = await place.customRole(['member:read'])
    const mapping = { ...shared, mappings: [{ group: 'dev', roleId }], reapplies: true }
    const ends = [
      () => outcomeOf(w.owner, 'unshareSsoConnector', shared),
      () => outcomeOf(w.owner, 'setSsoGroupMappings', mapping),
      () => outcomeOf(w.owner, 'updateJitProvisioning', { organizationId: place.id, isEnabled: false }),
    ]
    const end = ends[round] ?? (() => Promise.resolve(''))
    const ada = employee(`r${round}@${there.domain}`, { groups: ['dev'] })
    const [, outcome] = await Promise.all([comes(w, ada), end()])
    expect(outcome).toMatch(/Payload$/)
    const rows = await sql(w, "select from membership where organization_id = $1 and origin = 'SSO'", [
      uuidOf(place.id),
    ])
    expect(rows.length).toBeLessThanOrEqual(1)
  }
})
