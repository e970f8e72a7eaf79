import { expect, test } from 'vitest'
import { managementPermissionKeys } from '../../../src/auth/permissions.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { type Person, type World, world } from '../../kit/world.ts'
import { deedsIn } from './deeds.ts'

const all = managementPermissionKeys.map(key => key.toUpperCase().replaceAll(/[^A-Z]/g, '_'))

/** Root fields that are not for operators alone; gateway-permissions.test.ts and anonymous.test.ts have them. */
const forOthers = [
  ...['viewer', 'node', 'nodes', 'organization', 'organizationTemplate', 'explainAccess'],
  ...['inviteLinkPreview', 'invitationPreview', 'ssoPresets'],
  ...['requestToJoin', 'approveJoinRequest', 'refuseJoinRequest', 'withdrawJoinRequest', 'updateJoinRequestPolicy'],
  ...['updateJitProvisioning', 'joinSuggestedOrganization'],
  ...['updateSignInPolicy', 'addEmailDomain', 'verifyEmailDomain', 'removeEmailDomain'],
  ...['createSsoConnector', 'updateSsoConnector', 'refreshSsoConnector', 'startSsoConnectorTest', 'deleteSsoConnector'],
  ...['createSsoSetupLink', 'revokeSsoSetupLink'],
  ...['shareSsoConnector', 'unshareSsoConnector', 'setSsoGroupMappings'],
  ...['createInviteLink', 'revokeInviteLink', 'joinByInviteLink', 'resendInvitation'],
  ...[
    'acceptInvitation',
    'declineInvitation',
    'revokeInvitation',
    'updateInvitation',
    'addMachineMember',
    'createCustomRole',
  ],
  ...['changeMemberRoles', 'replaceMemberRoles', 'changeRolesOfMembers', 'removeMember', 'deleteOrganization'],
  ...['updateMember', 'suspendMember', 'restoreMember', 'setBreakGlass'],
  ...[
    'transferOwnership',
    'acceptOwnership',
    'declineOwnership',
    'cancelOwnershipTransfer',
    'revokeApplicationConsent',
  ],
]

test('of every root field it is known who may use it', async () => {
  const roots = [schema.getQueryType(), schema.getMutationType()].flatMap(type => Object.keys(type?.getFields() ?? {}))
  const names = (await deedsIn(await world())).map(deed => deed.name)
  expect([...names, ...forOthers].sort()).toEqual(roots.sort())
})

test('each deed of an operator needs its management permissions: without one of them it is refused', async () => {
  const here = await world({ isolated: true })
  for (const permission of all) {
    const lacking = await operatorWith(
      here,
      all.filter(one => one !== permission),
    )
    for (const { name, needs, does } of await deedsIn(here))
      expect(await isDone(does(lacking)), `${name} without ${permission}`).toBe(!needs.includes(permission))
  }
})

test('each deed of an operator needs no other management permission', async () => {
  const here = await world({ isolated: true })
  for (const { name, needs, does } of await deedsIn(here))
    expect(await isDone(does(await operatorWith(here, needs))), `${name} with ${needs} alone`).toBe(true)
})

test('nobody else does any deed of an operator', async () => {
  const here = await world({ isolated: true })
  const machine = await here.machine()
  for (const { name, does } of await deedsIn(here))
    for (const by of [here.anonymous(), await here.person(), machine]) expect(await isDone(does(by)), name).toBe(false)
})

async function operatorWith({ person, operator }: World, permissions: readonly string[]): Promise<Person> {
  const made = await person()
  await operator.mutate('setManagementPermissions', { principalId: await made.id(), permissions })
  return made
}

/** Whether it was done; if not, it must have been refused for who asks. */
async function isDone(deed: Promise<unknown>): Promise<boolean> {
  try {
    await deed
    return true
  } catch (error) {
    expect(String(error)).toMatch(/"code": "(FORBIDDEN|NOT_FOUND|UNAUTHENTICATED)"/)
    return false
  }
}
