import { expect, test } from 'vitest'
import { uuidOf } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { connected, ssoWorld } from './connectors.ts'

/** The id that a connector would have if it were of the other protocol. */
const asSaml = ({ id }: { id: string }) => Buffer.from(`SamlConnector:${uuidOf(id)}`).toString('base64url')

test('an id of the other protocol is that of no connector, in every mutation', async () => {
  const w = await ssoWorld()
  const { connector } = await connected(w)
  const place = await w.organization(w.owner)
  const ssoConnectorId = asSaml(connector as { id: string })
  const there = { ssoConnectorId, organizationId: w.acme.id }
  const outcomes = [
    await outcomeOf(w.owner, 'updateSsoConnector', { ssoConnectorId, name: 'Mine' }),
    await outcomeOf(w.owner, 'startSsoConnectorTest', { ssoConnectorId }),
    await outcomeOf(w.owner, 'refreshSsoConnector', { ssoConnectorId }),
    await outcomeOf(w.owner, 'shareSsoConnector', { ssoConnectorId, organizationId: place.id }),
    await outcomeOf(w.owner, 'unshareSsoConnector', { ssoConnectorId, organizationId: place.id }),
    await outcomeOf(w.owner, 'setSsoGroupMappings', { ...there, mappings: [] }),
    await outcomeOf(w.owner, 'updateJitProvisioning', { organizationId: w.acme.id, ssoConnectorIds: [ssoConnectorId] }),
    await outcomeOf(w.owner, 'deleteSsoConnector', { ssoConnectorId }),
  ]
  expect(new Set(outcomes)).toEqual(new Set(['NOT_FOUND']))
  expect(await outcomeOf(w.owner, 'updateSsoConnector', { ssoConnectorId: connector.id, name: 'Mine' })).toBe(
    'UpdateSsoConnectorPayload',
  )
})
