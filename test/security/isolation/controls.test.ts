import { expect, test } from 'vitest'
import type { NodeType } from '../../../src/graphql/ids.ts'
import { world } from '../../kit/world.ts'
import { ask, unknownId } from './ask.ts'
import { openParties, type Parties } from './callers.ts'
import { candidatesFor } from './candidates.ts'
import { textOf } from './decisions.ts'
import { freshValuesOf } from './own-values.ts'
import { type Slot, slots } from './slots.ts'

// The other tests here compare answers: all would pass if nothing were ever found. So everybody's own has to be found.

/** Where it makes no difference, why. */
const indifferent: Readonly<Record<string, string>> = {
  'Organization.auditEvents.filter.targetId User': 'nothing is done to a user within an organization, but to a member',
  'Organization.auditEvents.filter.targetId MachineApplication': 'as for users',
  'Organization.auditEvents.filter.targetId Permission': 'permissions are of the deployment',
  'Organization.auditEvents.filter.targetId ApiResource': 'as permissions',
  'Organization.auditEvents.filter.targetId ApplicationSecret': 'what is done to a secret is done to its application',
  'Mutation.setSsoGroupMappings.input.organizationId Organization':
    'it has to use the connector that is named with it, which a fresh one does not: test/sso/group-mappings has one that does',
  'Mutation.unshareSsoConnector.input.organizationId Organization':
    'as for mappings: test/sso/share-connector has one that does',
  'Mutation.unshareSsoConnector.input.ssoConnectorId OidcConnector': 'as the organization that uses it',
  'Mutation.unshareSsoConnector.input.ssoConnectorId SamlConnector': 'as the organization that uses it',
  'Query.auditEvents.filter.targetId ApplicationSecret': 'as in an organization',
  'Query.auditEvents.filter.targetId Organization': 'what is done to an organization stands in its own log',
  'Query.auditEvents.filter.targetId Membership': 'as organizations',
  'Query.auditEvents.filter.targetId Invitation': 'as organizations',
  'Query.auditEvents.filter.targetId OwnershipTransfer': 'as organizations',
  'Query.auditEvents.filter.targetId InviteLink': 'as organizations',
  'Query.auditEvents.filter.targetId JoinRequest': 'as organizations',
  'Query.auditEvents.filter.targetId SsoSetupLink': 'as organizations',
  'Query.auditEvents.filter.targetId EmailDomain': 'as organizations',
  'Query.auditEvents.filter.targetId OidcConnector': 'as organizations',
  'Query.auditEvents.filter.targetId SamlConnector': 'as organizations',
}

test("every id of the viewer's own makes a difference where ids are taken", async () => {
  const parties = await openParties(await world({ isolated: true }))
  const same: string[] = []
  for (const slot of slots())
    for (const node of slot.nodes) if (!(await isFound(parties, slot, node))) same.push(`${slot.key} ${node}`)
  expect(same.sort()).toEqual(Object.keys(indifferent).sort())
})

test("every text by which something is found finds the viewer's own", async () => {
  const parties = await openParties(await world({ isolated: true }))
  for (const slot of slots()) {
    const text = textOf(slot)
    if (typeof text !== 'object' || !('finds' in text)) continue
    const value = text.finds(parties.own)
    const found = [
      await differ(parties, slot, parties.own.owner, value, value.replace(parties.own.tag, 'zqnobody')),
      await differ(parties, slot, parties.world.operator, value, value.replace(parties.own.tag, 'zqnobody')),
    ]
    expect(found, slot.key).toContain(true)
  }
})

/** Whether somebody who may is told a thing that is there from one that is not. */
async function isFound(parties: Parties, slot: Slot, node: NodeType): Promise<boolean> {
  for (const { caller, id } of await candidatesFor(parties, slot, node))
    if (await differ(parties, slot, caller, id, unknownId(node))) return true
  return false
}

async function differ(
  parties: Parties,
  slot: Slot,
  caller: Parameters<typeof ask>[0],
  value: string,
  other: string,
): Promise<boolean> {
  const values = freshValuesOf(parties)
  const there = await ask(caller, slot, { value, side: parties.own, values })
  const nowhere = await ask(caller, slot, { value: other, side: parties.own, values })
  return there.comparable !== nowhere.comparable
}
