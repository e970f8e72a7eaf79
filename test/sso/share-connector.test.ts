import { expect, test } from 'vitest'
import { membershipsOf, provisioningOf } from '../jit-provisioning/provisioning.ts'
import type { Client } from '../kit/client.ts'
import { written } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { actionsOf } from '../kit/rows.ts'
import { connected, connectorsOf, employee, ssoWorld } from './connectors.ts'
import { comes, taking } from './taking-in.ts'

interface Shared {
  readonly ssoConnectorId: string
  readonly organizationId: string
}
const share = (by: Client, input: Shared) => outcomeOf(by, 'shareSsoConnector', input)
const unshare = (by: Client, input: Shared) => outcomeOf(by, 'unshareSsoConnector', input)

const looked = `query($id: ID!) { node(id: $id) { ... on OidcConnector { name isUsable viewerCanManage lastTest { isPassed }
  organization { id } emailDomains { id } uses { organization { id } viewerCanUnshare reappliesGroups } } } }`

test('a connector is shared by who manages connectors in both organizations, and by nobody else (SSO-2)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  const rival = await w.person()
  const elsewhere = await w.organization(rival)
  const second = await w.organization(w.owner)
  const ssoConnectorId = there.connector.id
  const input = { ssoConnectorId, organizationId: second.id }
  expect(await share(w.owner, { ssoConnectorId, organizationId: elsewhere.id })).toBe('NOT_FOUND')
  expect(await share(rival, { ssoConnectorId, organizationId: elsewhere.id })).toBe('NOT_FOUND')
  expect(await share(w.owner, { ssoConnectorId, organizationId: w.acme.id })).toBe('InvalidInputError')
  const { result, ...journal } = await written(w, () => share(w.owner, input))
  expect(result).toBe('ShareSsoConnectorPayload')
  expect(actionsOf(journal).audit).toEqual(['SSO_CONNECTOR_SHARED', 'SSO_CONNECTOR_SHARED'])
  expect(actionsOf(await written(w, () => share(w.owner, input))).audit).toEqual([])
  // An operator may, too.
  expect(await share(w.operator, { ssoConnectorId, organizationId: elsewhere.id })).toBe('ShareSsoConnectorPayload')
})

test('both organizations see it; its settings and its domains are its owner’s (SSO-2, SSO-8)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  const rival = await w.person()
  const elsewhere = await w.organization(rival)
  const ssoConnectorId = there.connector.id
  await share(w.operator, { ssoConnectorId, organizationId: elsewhere.id })
  expect(await connectorsOf(rival, elsewhere)).toMatchObject([
    { id: ssoConnectorId, emailDomains: null, viewerCanManage: false },
  ])
  expect((await rival.query(looked, { id: ssoConnectorId })).node).toEqual({
    ...{
      name: 'Provider',
      isUsable: true,
      viewerCanManage: false,
      lastTest: null,
      organization: null,
      emailDomains: null,
    },
    uses: [{ organization: { id: elsewhere.id }, viewerCanUnshare: true, reappliesGroups: false }],
  })
  expect((await w.owner.query(looked, { id: ssoConnectorId })).node).toMatchObject({
    ...{ viewerCanManage: true, lastTest: { isPassed: true }, organization: { id: w.acme.id } },
    uses: [
      { organization: { id: w.acme.id }, viewerCanUnshare: false, reappliesGroups: false },
      { organization: null, viewerCanUnshare: true, reappliesGroups: null },
    ],
  })
  for (const name of ['updateSsoConnector', 'startSsoConnectorTest', 'deleteSsoConnector'])
    expect(await outcomeOf(rival, name, { ssoConnectorId })).toBe('NOT_FOUND')
})

test('who comes through it is a member where it is shared, too; whose addresses count stays with its owner (SSO-2, JIT-9)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  const second = await w.organization(w.owner)
  const ssoConnectorId = there.connector.id
  expect(
    await outcomeOf(w.owner, 'updateJitProvisioning', { organizationId: second.id, ssoConnectorIds: [ssoConnectorId] }),
  ).toBe('NOT_FOUND')
  await share(w.owner, { ssoConnectorId, organizationId: second.id })
  await taking(w, there)
  await taking(w, there, { roleIds: [await second.customRole(['member:read'], { name: 'Reader' })] }, second)
  expect(await provisioningOf(w.owner, second)).toMatchObject({ isEnabled: true })
  const memberships = await membershipsOf(await comes(w, employee(`ada@${there.domain}`)))
  expect(memberships).toHaveLength(2)
  expect(memberships).toContainEqual(
    expect.objectContaining({ origin: 'SSO', organization: { id: second.id }, roles: [{ name: 'Reader' }] }),
  )
})

test('unsharing ends the use, by either side; who came stays (SSO-2)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  const rival = await w.person()
  const elsewhere = await w.organization(rival)
  const ssoConnectorId = there.connector.id
  const input = { ssoConnectorId, organizationId: elsewhere.id }
  const stranger = await w.person()
  for (const by of [rival, w.owner]) {
    await share(w.operator, input)
    await rival.mutate('updateJitProvisioning', {
      organizationId: elsewhere.id,
      isEnabled: true,
      ssoConnectorIds: [ssoConnectorId],
    })
    const ada = await comes(w, employee(`a${by === rival ? 1 : 2}@${there.domain}`))
    expect(await membershipsOf(ada)).toMatchObject([{ organization: { id: elsewhere.id } }])
    expect(await unshare(stranger, input)).toBe('NOT_FOUND')
    const { result, ...journal } = await written(w, () => unshare(by, input))
    expect([result, actionsOf(journal).audit]).toEqual([
      'UnshareSsoConnectorPayload',
      ['SSO_CONNECTOR_UNSHARED', 'SSO_CONNECTOR_UNSHARED'],
    ])
    expect(await connectorsOf(rival, elsewhere)).toEqual([])
    expect(await membershipsOf(ada)).toHaveLength(1)
    expect(await membershipsOf(await comes(w, employee(`b${by === rival ? 1 : 2}@${there.domain}`)))).toEqual([])
    expect(await unshare(by, input)).toBe('NOT_FOUND')
  }
  expect(await unshare(w.owner, { ssoConnectorId, organizationId: w.acme.id })).toBe('NOT_FOUND')
})

test('deleting a connector ends its use everywhere, and says so there (SSO-2)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  const second = await w.organization(w.owner)
  await share(w.owner, { ssoConnectorId: there.connector.id, organizationId: second.id })
  const deleted = () => outcomeOf(w.owner, 'deleteSsoConnector', { ssoConnectorId: there.connector.id })
  const { result, ...journal } = await written(w, deleted)
  expect(result).toBe('DeleteSsoConnectorPayload')
  expect(actionsOf(journal).audit.toSorted()).toEqual([
    'SSO_CONNECTOR_DELETED',
    'SSO_CONNECTOR_UNSHARED',
    'SSO_CONNECTOR_UNSHARED',
  ])
  expect(await connectorsOf(w.owner, second)).toEqual([])
})
