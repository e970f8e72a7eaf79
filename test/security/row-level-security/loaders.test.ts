import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditEventsOf } from '../../../src/audit/audit-event.listing.ts'
import type { Caller } from '../../../src/auth/actor.ts'
import { readConfig } from '../../../src/config.ts'
import { openOrm } from '../../../src/db/orm.ts'
import { createReadConnections } from '../../../src/db/read-connections.ts'
import { openReadSession } from '../../../src/db/session.ts'
import { createTemplateMemory } from '../../../src/db/template-memory.ts'
import { invitationsOf, invitationsTo } from '../../../src/invitations/invitation.listing.ts'
import { inviteLinksOf } from '../../../src/invite-links/invite-link.listing.ts'
import { joinRequestsOf } from '../../../src/join-requests/join-request.listing.ts'
import { type Ask, createLoaders } from '../../../src/load.ts'
import { applicationsOf } from '../../../src/machines/machine-application.listing.ts'
import { membershipsOf, membersOf } from '../../../src/members/membership.listing.ts'
import { organizationsOf } from '../../../src/organizations/organization.listing.ts'
import { ssoSetupLinksOf } from '../../../src/sso-setup-links/sso-setup-link.listing.ts'
import { world } from '../../kit/world.ts'
import { uuidOf } from '../isolation/rows.ts'
import { openSide, type Side } from '../isolation/side.ts'

// What a resolver reads is read here without any resolver: by loaders and listings, for somebody who is no member.

let foreign: Side
let stranger: Caller
let orm: Awaited<ReturnType<typeof openOrm>>
beforeAll(async () => {
  const here = await world()
  foreign = await openSide(here)
  const person = await here.person()
  const id = uuidOf(await person.id())
  stranger = {
    kind: 'USER',
    id,
    displayName: 'A stranger',
    emailKey: person.email,
    isConfiguredOperator: false,
    token: null,
  }
  orm = await openOrm(here.databaseUrl, 'runtime', { pool: 2 })
})
afterAll(() => orm.close(true))

/** Reads as a request of this caller does, in a session of its own. */
async function reading<T>(caller: Caller, read: (ask: Ask) => Promise<T>): Promise<T> {
  const config = readConfig({})
  const pool = await orm.em.getConnection().getNativeClient()
  const session = openReadSession(createReadConnections(pool, { most: 2, patience: 60_000 }), caller, {
    prepare: false,
    timeouts: config.databaseTimeouts,
    memory: createTemplateMemory(),
  })
  try {
    const asker = { actor: await session.actor(), now: new Date(), config }
    return await read({ ...asker, load: createLoaders(session, asker) })
  } finally {
    await session.end()
  }
}

type Read = (ask: Ask, id: (type: keyof Side['ids']) => string) => Promise<unknown>
const all = { first: 100 }
const byJoining = { ...all, orderBy: { field: 'JOINED_AT', direction: 'ASC' } } as const
const byCreation = { ...all, orderBy: { field: 'CREATED_AT', direction: 'ASC' } } as const
const wants = {
  ...{ total: true, rows: true, cursors: true, details: true, roles: true },
  ...{ principal: true, principalProfile: true, principalDetails: true },
}
const pageOf = async (
  page: ReturnType<
    | typeof membersOf
    | typeof inviteLinksOf
    | typeof ssoSetupLinksOf
    | typeof joinRequestsOf
    | typeof applicationsOf
    | typeof invitationsOf
    | typeof auditEventsOf
    | typeof organizationsOf
  >,
) => {
  const { rows, total } = await page
  return { rows: rows.length, total }
}

const owned = () => uuidOf(foreign.ownedApplicationId)

/** Every read of what organizations have, by what leads to another one's. */
const reads: Readonly<Record<string, Read>> = {
  organizationById: ({ load }, id) => load.organizationById.load(id('Organization')),
  organizationBySlug: ({ load }) => load.organizationBySlug.load(foreign.written.slug),
  organizationLabelById: ({ load }, id) => load.organizationLabelById.load(id('Organization')),
  invitingOrganizationById: ({ load }, id) => load.invitingOrganizationById.load(id('Organization')),
  organizationDataById: ({ load }, id) => load.organizationDataById.load(id('Organization')),
  restorableOrganizationById: ({ load }, id) => load.restorableOrganizationById.load(id('Organization')),
  seatsTakenByOrganization: ({ load }, id) => load.seatsTakenByOrganization.load(id('Organization')),
  membershipById: ({ load }, id) => load.membershipById.load(id('Membership')),
  roleIdsByMembership: ({ load }, id) => load.roleIdsByMembership.load(id('Membership')),
  permissionIdsByMembership: ({ load }, id) =>
    load.permissionIdsByMembership.load({ organizationId: id('Organization'), id: id('Membership') }),
  roleById: ({ load }, id) => load.roleById.load(id('OrganizationRole')),
  customRolesByOrganization: ({ load }, id) => load.customRolesByOrganization.load(id('Organization')),
  permissionIdsByRole: ({ load }, id) => load.permissionIdsByRole.load(id('OrganizationRole')),
  // Roles of the template, which everybody knows, are not what it is about.
  roleIdsPermitting: async ({ load }, id) => {
    const asked = { organizationId: id('Organization'), permissionId: id('Permission') }
    return (await load.roleIdsPermitting.load(asked)).filter(one => one === id('OrganizationRole'))
  },
  roleHolders: ({ load }, id) =>
    load.roleHolders.load({ organizationId: id('Organization'), roleId: id('OrganizationRole') }),
  holdersByRole: ({ load }, id) => load.holdersByRole.load(id('OrganizationRole')),
  roleUse: async ({ load, now }, id) =>
    (await load.roleUse({ id: id('OrganizationRole'), organizationId: id('Organization') }, now)).members,
  roleEffect: async ({ load }, id) => {
    const role = { id: id('OrganizationRole'), organizationId: id('Organization') }
    const taken = [id('Permission')]
    const rows = await load.roleEffect({ role, given: [], taken, givenAlone: [], takenAlone: taken })
    return rows.filter(row => row.members > 0)
  },
  invitationById: ({ load }, id) => load.invitationById.load(id('Invitation')),
  roleIdsByInvitation: ({ load }, id) => load.roleIdsByInvitation.load(id('Invitation')),
  membershipDataById: ({ load }, id) => load.membershipDataById.load(id('Membership')),
  ownershipTransferById: ({ load }, id) => load.ownershipTransferById.load(id('OwnershipTransfer')),
  ownershipTransferByOrganization: ({ load }, id) => load.ownershipTransferByOrganization.load(id('Organization')),
  ownershipTransfersByReceiver: ({ load }, id) => load.ownershipTransfersByReceiver.load(id('User')),
  roleIdsByOwnershipTransfer: ({ load }, id) => load.roleIdsByOwnershipTransfer.load(id('OwnershipTransfer')),
  inviteLinkById: ({ load }, id) => load.inviteLinkById.load(id('InviteLink')),
  roleIdsByInviteLink: ({ load }, id) => load.roleIdsByInviteLink.load(id('InviteLink')),
  organizationConsentByKey: ({ load }, id) =>
    load.organizationConsentByKey.load(`${id('Organization')} ${uuidOf(foreign.ownerId)} ${foreign.written.client}`),
  organizationConsentsByPrincipal: ({ load }) => load.organizationConsentsByPrincipal.load(uuidOf(foreign.ownerId)),
  activeOrganizationsByPrincipal: ({ load }) => load.activeOrganizationsByPrincipal.load(uuidOf(foreign.ownerId)),
  signInPolicyByOrganization: ({ load }, id) => load.signInPolicyByOrganization.load(id('Organization')),
  emailDomainById: ({ load }, id) => load.emailDomainById.load(id('EmailDomain')),
  emailDomainsByOrganization: ({ load }, id) => load.emailDomainsByOrganization.load(id('Organization')),
  jitProvisioningByOrganization: ({ load }, id) => load.jitProvisioningByOrganization.load(id('Organization')),
  roleIdsByJitProvisioning: ({ load }, id) => load.roleIdsByJitProvisioning.load(id('Organization')),
  jitSkippedByOrganization: ({ load }, id) => load.jitSkippedByOrganization.load(id('Organization')),
  ssoSetupLinkById: ({ load }, id) => load.ssoSetupLinkById.load(id('SsoSetupLink')),
  ssoConnectorById: ({ load }, id) => load.ssoConnectorById.load(id('OidcConnector')),
  oidcConnectorById: ({ load }, id) => load.oidcConnectorById.load(id('OidcConnector')),
  samlConnectorById: ({ load }, id) => load.samlConnectorById.load(id('SamlConnector')),
  ssoConnectorsByOrganization: ({ load }, id) => load.ssoConnectorsByOrganization.load(id('Organization')),
  usesBySsoConnector: ({ load }, id) => load.usesBySsoConnector.load(id('OidcConnector')),
  ssoUsesByOrganization: ({ load }, id) => load.ssoUsesByOrganization.load(id('Organization')),
  groupMappingsBySsoConnector: ({ load }, id) => load.groupMappingsBySsoConnector.load(id('OidcConnector')),
  domainsBySsoConnector: ({ load }, id) => load.domainsBySsoConnector.load(id('OidcConnector')),
  ssoReachByConnector: ({ load }, id) => load.ssoReachByConnector.load(id('OidcConnector')),
  breakGlassByMembership: ({ load }, id) => load.breakGlassByMembership.load(id('Membership')),
  membersBySsoConnector: ({ load }, id) => load.membersBySsoConnector.load(id('OidcConnector')),
  provisionedBySsoConnector: ({ load }, id) => load.provisionedBySsoConnector.load(id('OidcConnector')),
  membersByEmailDomain: ({ load }, id) => load.membersByEmailDomain.load(id('EmailDomain')),
  provisionedByEmailDomain: ({ load }, id) => load.provisionedByEmailDomain.load(id('EmailDomain')),
  homeMembershipByApplication: ({ load }) => load.homeMembershipByApplication.load(owned()),
  applicationSecretById: ({ load }, id) => load.applicationSecretById.load(id('ApplicationSecret')),
  secretsByApplication: ({ load }) => load.secretsByApplication.load(owned()),
  keysByApplication: ({ load }) => load.keysByApplication.load(owned()),
  joinRequestById: ({ load }, id) => load.joinRequestById.load(id('JoinRequest')),
  joinPolicyByOrganization: ({ load }, id) => load.joinPolicyByOrganization.load(id('Organization')),
  auditEventById: ({ load }, id) => load.auditEventById.load(id('AuditEvent')),
  isKnown: ({ load }, id) => load.isKnown.load(id('User')),
  membersOf: (ask, id) => pageOf(membersOf(ask, id('Organization'), byJoining, wants)),
  membershipsOf: (ask, id) => pageOf(membershipsOf(ask, id('User'), byJoining, wants)),
  invitationsOf: (ask, id) => pageOf(invitationsOf(ask, id('Organization'), byCreation, true)),
  invitationsTo: ask => pageOf(invitationsTo(ask, foreign.written.invitee, all, true)),
  inviteLinksOf: (ask, id) => pageOf(inviteLinksOf(ask, id('Organization'), all, true)),
  ssoSetupLinksOf: (ask, id) => pageOf(ssoSetupLinksOf(ask, id('Organization'), all, true)),
  applicationsOf: (ask, id) => pageOf(applicationsOf(ask, id('Organization'), all, true)),
  joinRequestsOf: (ask, id) => pageOf(joinRequestsOf(ask, id('Organization'), all, true)),
  auditEventsOf: (ask, id) => pageOf(auditEventsOf(ask, id('Organization'), { ...all, filter: {} }, true)),
  organizationsOf: ask =>
    pageOf(organizationsOf(ask, { ...byCreation, filter: { search: foreign.tag, isDeleted: false } }, true)),
}

/** Loaders of what belongs to the deployment or to the viewer alone, and the pager, which the listings above use. */
const ofTheDeployment = [
  ...[
    'page',
    'principalById',
    'passkeysByPrincipal',
    'identitiesByPrincipal',
    'managementGrantsByPrincipal',
    'operators',
  ],
  ...['templateRoles', 'permissionById', 'permissions', 'apiResources', 'apiResourceById', 'mailTemplatesByKind'],
  ...['suspensions', 'viewerRequiredSso'],
  // Numbers over all organizations, for who changes the template: its function gives nobody else a row.
  'permissionLosses',
  // Whose it is, as far as the viewer sees it; and whether it holds anything anywhere, which is all that is said.
  ...['machineApplicationById', 'empowermentByApplication'],
]

/** What is found by a secret, by whoever has it, and where a viewer may ask or has asked to join: their own tests try it. */
const bySecret = [
  ...['invitationByTokenHash', 'invitationPreviewByTokenHash', 'inviteLinkByHash'],
  ...['joinableOrganization', 'requestedOrganizationById', 'suggestedOrganizations'],
]

test('every loader is known to read what organizations have, what the deployment has, or what a secret opens', async () => {
  const names = await reading(stranger, async ({ load }) => Object.keys(Object.getPrototypeOf(load)))
  const listings = Object.keys(reads).filter(name => /sOf$|sTo$/.test(name))
  expect(names.sort()).toEqual(
    [...Object.keys(reads).filter(name => !listings.includes(name)), ...ofTheDeployment, ...bySecret].sort(),
  )
})

/** What its owner finds only of people, of an organization that is deleted or full, or of a domain by which somebody came. */
const notOfThisKind = [
  ...['isKnown', 'restorableOrganizationById', 'jitSkippedByOrganization'],
  ...['membersByEmailDomain', 'provisionedByEmailDomain'],
]

const isNothing = (found: unknown) =>
  found === null ||
  found === false ||
  found === 0 ||
  JSON.stringify(found) === '[]' ||
  JSON.stringify(found) === '{"rows":0,"total":0}'

test('a read whose caller was checked by nobody finds nothing of another organization', async () => {
  for (const [name, read] of Object.entries(reads)) {
    const found = await reading(stranger, ask => read(ask, type => uuidOf(foreign.ids[type])))
    expect(isNothing(found), `${name}: ${JSON.stringify(found)}`).toBe(true)
  }
})

test('nobody but who changes the template is told how many hold a permission', async () => {
  const ids = [uuidOf(foreign.ids.Permission)]
  expect(await reading(stranger, ({ load }) => load.permissionLosses(ids))).toEqual([])
  expect(
    await reading({ ...stranger, isConfiguredOperator: true }, ({ load }) => load.permissionLosses(ids)),
  ).not.toEqual([])
})

test('the same reads find it for its owner', async () => {
  const owner: Caller = { ...stranger, id: uuidOf(foreign.ownerId), emailKey: foreign.written.invitee }
  for (const [name, read] of Object.entries(reads).filter(([one]) => !notOfThisKind.includes(one))) {
    const found = await reading(owner, ask => read(ask, type => uuidOf(foreign.ids[type])))
    expect(isNothing(found), `${name}: ${JSON.stringify(found)}`).toBe(false)
  }
})
