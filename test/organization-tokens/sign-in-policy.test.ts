import { beforeAll, expect, test } from 'vitest'
import { memberWith } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { type World, world } from '../kit/world.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

const fields = 'requiresMfa allowedMethods maxSessionMinutes viewerCanUpdate'
const query = `query($id: ID!) { organization(by: { id: $id }) { signInPolicy { ${fields} } } }`
const payload = `... on UpdateSignInPolicyPayload { organization { signInPolicy { ${fields} } } }
  ... on InvalidInputError { issues { path message } }`

test('an organization asks nothing until somebody says otherwise, and then what is absent stays', async () => {
  const { acme, owner } = w
  const nothing = { requiresMfa: false, allowedMethods: [], maxSessionMinutes: null, viewerCanUpdate: true }
  expect((await owner.query(query, { id: acme.id })).organization.signInPolicy).toEqual(nothing)
  const update = async (input: object) =>
    (await owner.mutate('updateSignInPolicy', { organizationId: acme.id, ...input }, payload)).organization.signInPolicy
  expect(await update({ requiresMfa: true, maxSessionMinutes: 60 })).toEqual({
    ...{ ...nothing, requiresMfa: true, maxSessionMinutes: 60 },
  })
  expect(await update({ allowedMethods: ['PASSKEY', 'EXTERNAL', 'PASSKEY'] })).toEqual({
    ...{ ...nothing, requiresMfa: true, maxSessionMinutes: 60, allowedMethods: ['EXTERNAL', 'PASSKEY'] },
  })
  expect(await update({ requiresMfa: false, maxSessionMinutes: null, allowedMethods: null })).toEqual(nothing)
})

test('a change is in the log, with what was and what is; one that changes nothing is not (MGT-3)', async () => {
  const { acme, owner } = w
  const input = { organizationId: acme.id, requiresMfa: true, allowedMethods: ['PASSKEY'], maxSessionMinutes: 30 }
  const { result, ...journal } = await written(w, () => owner.mutate('updateSignInPolicy', input))
  expect(result.__typename).toBe('UpdateSignInPolicyPayload')
  expect(journal.audit).toMatchObject([
    {
      action: 'SIGN_IN_POLICY_UPDATED',
      changes: [
        { field: 'requiresMfa', before: 'false', after: 'true' },
        { field: 'allowedMethods', before: '[]', after: '["PASSKEY"]' },
        { field: 'maxSessionMinutes', before: null, after: '30' },
      ],
    },
  ])
  const again = await written(w, () => owner.mutate('updateSignInPolicy', input))
  expect(again.audit).toEqual([])
})

test('a session of no length, or of more than a year, is refused', async () => {
  for (const maxSessionMinutes of [0, 4, 525_601]) {
    const input = { organizationId: w.acme.id, maxSessionMinutes }
    const { __typename, issues } = await w.owner.mutate('updateSignInPolicy', input, payload)
    expect({ __typename, path: issues?.[0].path }).toEqual({
      ...{ __typename: 'InvalidInputError', path: ['input', 'maxSessionMinutes'] },
    })
  }
})

test('who may read it sees it, who may not gets null, and neither changes it', async () => {
  const reader = await memberWith(w.acme, ['sign-in-policy:read'])
  const other = await memberWith(w.acme, [])
  const see = async (by: typeof reader) => (await by.query(query, { id: w.acme.id })).organization.signInPolicy
  expect(await see(reader)).toMatchObject({ viewerCanUpdate: false })
  expect(await see(other)).toBeNull()
  const input = { organizationId: w.acme.id, requiresMfa: true }
  expect(await reader.refusal('updateSignInPolicy', input)).toBe('FORBIDDEN')
})

test('an owner whose own sign-in does not meet it still comes in with a token for the gateway, and changes it (SIP-3)', async () => {
  const owner = await w.person()
  const { id: organizationId } = await w.organization(owner)
  await owner.mutate('updateSignInPolicy', { organizationId, requiresMfa: true, allowedMethods: ['PASSKEY'] })
  const opened = await owner.mutate('updateSignInPolicy', { organizationId, requiresMfa: false, allowedMethods: [] })
  expect(opened.__typename).toBe('UpdateSignInPolicyPayload')
})
