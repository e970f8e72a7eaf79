import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { schema } from '../../src/graphql/schema.ts'
import type { OrganizationRow } from '../../src/organizations/organization.loaders.ts'
import { anyProvider } from '../kit/any-provider.ts'
import { fieldNamed } from '../kit/selection.ts'
import { world } from '../kit/world.ts'
import { insider, invited, type Kind, kinds, openParties, type Parties } from './isolation/callers.ts'
import { isOf, lookAround } from './isolation/look-around.ts'
import { openRows, uuidOf } from './isolation/rows.ts'

// Every check of the program is gone: the policy, which scopes and resolvers ask, says yes to everything, and a resolver
// hands out any organization by its id. What is left is the second wall, row-level security.
vi.mock('../../src/auth/policy.ts', async original => {
  const policy = await original<Record<string, unknown>>()
  const yes = Object.fromEntries(Object.keys(policy).map(name => [name, () => null]))
  const lists = { missingToGrant: async () => [], missingPermissions: async () => [] }
  return { ...yes, ...lists, isRecipient: () => true, notFound: policy.notFound }
})
vi.mock('../../src/auth/membership-policy.ts', async original => {
  const policy = await original<Record<string, unknown>>()
  return Object.fromEntries(Object.keys(policy).map(name => [name, () => null]))
})

vi.mock('../../src/auth/joining-policy.ts', async original =>
  Object.fromEntries(Object.keys(await original<object>()).map(name => [name, () => null])),
)

let parties: Parties
beforeAll(async () => {
  parties = await openParties(await world())
  handOutAnyOrganization()
})
afterAll(() => vi.restoreAllMocks())

function handOutAnyOrganization(): void {
  const query = schema.getQueryType()
  if (query == null) throw new Error('there is no query type')
  fieldNamed(query, 'organization').resolve = (_root, { by }) =>
    bareOrganization(by.id ?? parties.foreign.ids.Organization)
}

/** A row as a resolver has it in hand, with nothing in it but the id that the client sent. */
const bareOrganization = (id: string): OrganizationRow => ({
  ...{ id: uuidOf(id), slug: '', name: '', description: null, logoUrl: null, primaryColor: null, seatLimit: null },
  invitationsTakeSeats: false,
  ...{ version: 0, createdAt: '2026-01-01 00:00:00+00', deletedAt: null, purgesAt: null },
  ...{ viewerMembershipId: null, viewerIsOwner: false, viewerPermissionIds: [] },
})

for (const kind of kinds.filter(one => one !== insider))
  test(`without any check of the program, ${kind} still sees nothing of another organization but an invitation`, async () => {
    const { foreign, callers } = parties
    const texts = await lookAround(callers[kind], foreign)
    const known = [foreign.ids.Organization, ...throughNoWall(), ...invitationOf(kind)]
    expect(texts.filter(text => isOf(foreign, text) && !known.includes(text))).toEqual([])
  })

/** Users and machine applications are of the deployment, not of an organization: the program alone says who knows them. */
function throughNoWall(): string[] {
  const { ids, written } = parties.foreign
  return [ids.User, ids.MachineApplication, written.memberName, written.machine, written.memberEmail]
}

/** What an invitee is told: their invitation, the role it offers, the label of the organization, and who invites (INV-13). */
function invitationOf(kind: Kind): string[] {
  const { foreign, invitations } = parties
  const { written, ids, ownerId } = foreign
  const mine = invitations[invited.indexOf(kind)]
  if (mine === undefined) return []
  return [mine, written.name, written.logoUrl, written.role, ids.OrganizationRole, written.ownerName, ownerId]
}

test('a resolver whose check is removed answers with empty lists', async () => {
  const { foreign, callers } = parties
  const query = `query($id: ID!) { organization(by: { id: $id }) { customData members { totalCount nodes { id } }
    invitations { totalCount nodes { id } } auditEvents { totalCount nodes { id } } roles(filter: { isCustom: true }) { id } } }`
  const empty = { totalCount: 0, nodes: [] }
  for (const kind of kinds.filter(one => one !== insider)) {
    const mine = parties.invitations[invited.indexOf(kind)]
    const invitations = mine === undefined ? empty : { totalCount: 1, nodes: [{ id: mine }] }
    const roles = mine === undefined ? [] : [{ id: foreign.ids.OrganizationRole }]
    expect(await callers[kind].query(query, { id: foreign.organization.id }), kind).toEqual({
      organization: { customData: {}, members: empty, invitations, auditEvents: empty, roles },
    })
  }
})

test('the same look around, by its owner, shows all of it', async () => {
  const { foreign } = parties
  const texts = await lookAround(foreign.owner, foreign)
  const { name, slug, description, logoUrl, ...shown } = foreign.written
  for (const text of Object.values(shown)) expect(texts).toContain(text)
})

test('without any check of the program, no mutation finds another organization, or what is in it', async () => {
  const { own, foreign } = parties
  const {
    Membership: membershipId,
    OrganizationRole: roleId,
    Invitation: invitationId,
    InviteLink: inviteLinkId,
    ApplicationSecret: secretId,
    JoinRequest: joinRequestId,
    EmailDomain: emailDomainId,
    OidcConnector: ssoConnectorId,
    SamlConnector: samlConnectorId,
    SsoSetupLink: ssoSetupLinkId,
  } = foreign.ids
  const organizationId = foreign.organization.id
  const permissionIds: string[] = []
  const attempts: [string, object][] = [
    ['updateOrganization', { organizationId, name: 'Taken over' }],
    ['deleteOrganization', { organizationId }],
    ['restoreOrganization', { organizationId }],
    ['purgeOrganization', { organizationId }],
    ['setSeatLimit', { organizationId, seatLimit: 1 }],
    ['createCustomRole', { organizationId, name: 'Taken over', permissionIds }],
    ['inviteMember', { organizationId, email: own.written.memberEmail }],
    ['createInviteLink', { organizationId, label: 'Taken over' }],
    ['revokeInviteLink', { inviteLinkId }],
    ['approveJoinRequest', { joinRequestId }],
    ['refuseJoinRequest', { joinRequestId }],
    ['withdrawJoinRequest', { joinRequestId }],
    ['updateJoinRequestPolicy', { organizationId, access: 'OPEN' }],
    ['createMachineApplication', { organizationId, name: 'Taken over' }],
    ['revokeApplicationSecret', { secretId }],
    ['updateSignInPolicy', { organizationId, requiresMfa: true }],
    ['addEmailDomain', { organizationId, domain: 'taken-over.com' }],
    ['verifyEmailDomain', { emailDomainId }],
    ['setEmailDomainVerified', { emailDomainId, takesOver: true }],
    ['removeEmailDomain', { emailDomainId }],
    ['createSsoConnector', { organizationId, name: 'Taken over', settings: anyProvider }],
    ['updateSsoConnector', { ssoConnectorId, isEnabled: true }],
    ['startSsoConnectorTest', { ssoConnectorId }],
    ['refreshSsoConnector', { ssoConnectorId: samlConnectorId }],
    ['shareSsoConnector', { ssoConnectorId, organizationId: own.organization.id }],
    ['unshareSsoConnector', { ssoConnectorId, organizationId }],
    ['setSsoGroupMappings', { ssoConnectorId, organizationId, mappings: [] }],
    ['deleteSsoConnector', { ssoConnectorId }],
    ['createSsoSetupLink', { organizationId, label: 'Taken over' }],
    ['revokeSsoSetupLink', { ssoSetupLinkId }],
    ['updateJitProvisioning', { organizationId, isEnabled: true }],
    ['setJitCeiling', { organizationId }],
    ['joinSuggestedOrganization', { slug: foreign.written.slug }],
    ['deleteSsoConnector', { ssoConnectorId, members: 'REMOVE' }],
    ['setBreakGlass', { membershipId, isAllowed: true }],
    ['requestToJoin', { slug: foreign.written.slug }],
    ['addMember', { organizationId, userId: own.ownerId }],
    ['addMachineMember', { organizationId, applicationId: own.ids.MachineApplication, roleIds: [] }],
    ['removeMember', { membershipId }],
    ['changeMemberRoles', { membershipId }],
    ['replaceMemberRoles', { membershipId, roleIds: [] }],
    ['updateRole', { roleId, name: 'Taken over' }],
    ['deleteRole', { roleId }],
    ['revokeInvitation', { invitationId }],
    ['acceptInvitation', { invitation: { id: invitationId } }],
    ['declineInvitation', { invitation: { id: invitationId } }],
  ]
  const rows = await openRows(parties.world.databaseUrl)
  for (const [name, input] of attempts) {
    const { result, changed } = await rows.changed(foreign, () => own.owner.refusal(name, input))
    expect(result, name).toBe('NOT_FOUND')
    expect(changed, name).toEqual([])
  }
  await rows.close()
})
