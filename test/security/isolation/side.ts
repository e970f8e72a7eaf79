import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import type { NodeType } from '../../../src/graphql/ids.ts'
import { anyProvider, anySamlProvider } from '../../kit/any-provider.ts'
import { uuidOf } from '../../kit/journal.ts'
import { withClient } from '../../kit/server.ts'
import type { Member, Person, TestOrganization, World } from '../../kit/world.ts'

/** One organization with something of everything. All that people wrote in it bears its tag. */
export interface Side {
  readonly tag: string
  readonly world: World
  readonly owner: Person
  readonly ownerId: string
  readonly member: Member
  readonly organization: TestOrganization
  /** What it has of each type, the same at each call. */
  readonly ids: Readonly<Record<NodeType, string>>
  /** A role for machines, with every gateway permission. */
  readonly machineRoleId: string
  /** A machine application that it owns, and that is a member of nothing. */
  readonly ownedApplicationId: string
  readonly written: Readonly<ReturnType<typeof textsWith>>
}

/** What people wrote, as it is shown. */
const textsWith = (tag: string) => ({
  name: `${tag} name`,
  slug: `${tag}-slug`,
  description: `${tag} description`,
  logoUrl: `https://${tag}.test/logo.png`,
  data: `${tag} data`,
  role: `${tag} role`,
  machineRole: `${tag} machines`,
  machine: `${tag} machine`,
  ownedMachine: `${tag} own machine`,
  secret: `${tag} secret`,
  client: `${tag}-client`,
  ownerEmail: `${tag}.owner@people.test`,
  ownerName: `${capital(tag)} Owner`,
  memberEmail: `${tag}.member@people.test`,
  memberName: `${capital(tag)} Member`,
  request: `${tag} asks`,
  link: `${tag} link`,
  linkDomain: `${tag}.test`,
  domain: `${tag}.com`,
  connector: `connector ${tag}`,
  samlConnector: `saml connector ${tag}`,
  setupLink: `setup link ${tag}`,
  servedDomain: `served.${tag}.com`,
  group: `Group ${tag}`,
  invitee: `${tag}.invited@people.test`,
})
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Every permission of the gateway. */
export const everything = [
  'organization:update',
  'organization:delete',
  'member:read',
  'member:add',
  'member:remove',
  'member:update',
  'member:suspend',
  'member:assign-role',
  'invitation:read',
  'invitation:create',
  'invitation:revoke',
  'invite-link:read',
  'invite-link:create',
  'invite-link:revoke',
  'join-request:read',
  'join-request:decide',
  'join-request:configure',
  'application:read',
  'application:manage',
  'sign-in-policy:read',
  'sign-in-policy:update',
  'domain:read',
  'domain:manage',
  'sso:read',
  'sso:manage',
  'jit-provisioning:update',
  'role:manage',
  'audit:read',
]

/** Makes an organization that is full of text which is found nowhere else. */
export async function openSide(world: World): Promise<Side> {
  const { operator } = world
  await forgetMail(world)
  const tag = `zq${randomBytes(4).toString('hex')}`
  const written = textsWith(tag)
  const owner = await world.person(written.ownerEmail)
  const organization = await world.organization(owner, { name: written.name, slug: written.slug })
  const { description, logoUrl, data } = written
  const customData = { replace: { note: data } }
  await owner.mutate('updateOrganization', { organizationId: organization.id, description, logoUrl, customData })
  const roleId = await organization.customRole(['member:read'], { name: written.role })
  const machineRoleId = await organization.customRole(everything, { name: written.machineRole, kind: 'MACHINE' })
  const member = await joined(world, organization, await world.person(written.memberEmail), [roleId])
  const ownedApplicationId = await ownedApplication(organization, owner, written.ownedMachine)
  const ids = {
    User: await member.id(),
    MachineApplication: await applicationIn(world, organization, written.machine, [machineRoleId]),
    Organization: organization.id,
    Membership: member.membershipId,
    OrganizationRole: roleId,
    Permission: await world.permissionId('member:read'),
    ApiResource: await anApiResource(world),
    Invitation: await invitationTo(organization, owner, written.invitee, [roleId]),
    OwnershipTransfer: await ownershipOffered(organization, owner, member.membershipId, [roleId]),
    InviteLink: (await inviteLinkTo(organization, owner, written.link, [roleId], [written.linkDomain])).id,
    JoinRequest: await requestIn(world, organization, owner, { message: written.request }),
    EmailDomain: await domainOf(organization, owner, written.domain),
    OidcConnector: await connectorOf(organization, owner, written.connector, [
      await provedDomainOf(world, organization, owner, written.servedDomain),
    ]),
    SamlConnector: await connectorOf(organization, owner, written.samlConnector, [], anySamlProvider),
    ApplicationSecret: await secretOf(ownedApplicationId, owner, written.secret),
    SsoSetupLink: await setupLinkTo(organization, owner, written.setupLink),
    AuditEvent: await newestEvent(operator, organization.id),
  }
  await owner.mutate('verifyEmailDomain', { emailDomainId: ids.EmailDomain })
  await signInWith(organization, owner, ownedApplicationId)
  await consented(world, organization, owner, written.client)
  await throughConnector(world, ids.OidcConnector, owner)
  await owner.mutate('updateJitProvisioning', { organizationId: organization.id, isEnabled: true, roleIds: [roleId] })
  await mappedGroup(organization, owner, ids.OidcConnector, { group: written.group, roleId })
  await formerMember(world, organization, owner)
  await provisionedBy(world, ids.OidcConnector, member.membershipId)
  await assertionUsed(world, ids.SamlConnector)
  await leaveTraces(world, owner)
  // Its link is minted when its mail leaves.
  await world.app.sendDueMail()
  return {
    tag,
    world,
    owner,
    ownerId: await owner.id(),
    member,
    organization,
    ids,
    machineRoleId,
    ownedApplicationId,
    written,
  }
}

/** What tests before this one queued would all be sent with what is queued here. */
async function forgetMail({ databaseUrl }: World): Promise<void> {
  await withClient(databaseUrl, client => client.query("delete from invitation_mail where status = 'QUEUED'"))
}

/** What a sign-in has to show, and an application that is a member and has a key to sign in with. */
async function signInWith({ id: organizationId }: { id: string }, owner: Person, applicationId: string): Promise<void> {
  await owner.mutate('updateSignInPolicy', { organizationId, maxSessionMinutes: 10_000 })
  await owner.mutate('addMachineMember', { organizationId, applicationId, roleIds: [] })
  const { publicKey } = generateKeyPairSync('ed25519')
  await owner.mutate('setApplicationKeys', { applicationId, jwks: { keys: [publicKey.export({ format: 'jwk' })] } })
}

/** What the owner lets somebody else's product do, as the pages of the issuer write it. */
async function consented(world: World, organization: { id: string }, owner: Person, client: string): Promise<void> {
  const values = [uuidOf(organization.id), uuidOf(await owner.id()), client]
  await withClient(world.databaseUrl, database =>
    database.query(
      `insert into organization_consent (organization_id, principal_id, client_id, permission_ids, consented_at)
       values ($1, $2, $3, array(select id from permission where key = 'member:read'), now())`,
      values,
    ),
  )
}

/** Somebody who signed in through a connector, and somebody who is about to. */
async function throughConnector(world: World, connectorId: string, owner: Person): Promise<void> {
  const values = [uuidOf(connectorId), uuidOf(await owner.id())]
  await withClient(world.databaseUrl, async database => {
    await database.query(
      `insert into sso_identity select organization_id, id, 'https://idp.com', 'subject', $2, now() from sso_connector where id = $1`,
      values,
    )
    await database.query(
      `insert into sso_sign_in (organization_id, id, connector_id, revision, purpose, state_hash, encrypted_details, created_at, expires_at)
       select organization_id, gen_random_uuid(), id, 1, 'TEST', gen_random_uuid(), '', now(), now() from sso_connector where id = $1`,
      [values[0]],
    )
  })
}

/** A group of the provider that stands for a role. */
async function mappedGroup(organization: TestOrganization, owner: Person, ssoConnectorId: string, mapping: object) {
  await owner.mutate('setSsoGroupMappings', { ssoConnectorId, organizationId: organization.id, mappings: [mapping] })
}

/** Somebody who was a member, and was removed. */
async function formerMember(world: World, organization: TestOrganization, owner: Person): Promise<void> {
  const { membershipId } = await joined(world, organization, await world.person())
  await owner.mutate('removeMember', { membershipId })
}

/** A member who came through the connector, and may sign in without it. */
async function provisionedBy(world: World, connectorId: string, membershipId: string): Promise<void> {
  const values = [uuidOf(connectorId), uuidOf(membershipId)]
  await withClient(world.databaseUrl, async database => {
    await database.query("update membership set origin = 'SSO' where id = $1", [values[1]])
    await database.query(
      `insert into sso_identity select c.organization_id, c.id, 'https://idp.com', 'member', m.principal_id, now()
       from sso_connector c, membership m where c.id = $1 and m.id = $2`,
      values,
    )
    await database.query(
      'insert into break_glass select organization_id, id, null, now() from membership where id = $1',
      [values[1]],
    )
  })
}

/** That an assertion was used. */
async function assertionUsed(world: World, connectorId: string): Promise<void> {
  await withClient(world.databaseUrl, database =>
    database.query(
      "insert into sso_assertion_use select organization_id, id, 'hash', now() from sso_connector where id = $1",
      [uuidOf(connectorId)],
    ),
  )
}

/** What the lists of a viewer can have beside: an organization that they deleted, and a request to join another. */
async function leaveTraces(world: World, owner: Person): Promise<void> {
  const gone = await world.organization(owner)
  await owner.mutate('deleteOrganization', { organizationId: gone.id })
  const host = await world.person()
  await requestIn(world, await world.organization(host), host, { requester: owner })
}

/** Makes a person a member, by the operator. */
export async function joined(
  { operator }: World,
  organization: TestOrganization,
  person: Person,
  roleIds: string[] = [],
): Promise<Member> {
  const input = { organizationId: organization.id, userId: await person.id(), roleIds }
  const added = await operator.mutate('addMember', input, '... on AddMemberPayload { membership { id } }')
  return { ...person, membershipId: added.membership.id }
}

/** The id of a new machine application that is a member. */
export async function applicationIn(
  { operator }: World,
  organization: TestOrganization,
  name: string,
  roleIds: string[] = [],
): Promise<string> {
  const selection = '... on CreateMachineApplicationPayload { machineApplication { id } }'
  const { machineApplication } = await operator.mutate('createMachineApplication', { name }, selection)
  const input = { organizationId: organization.id, applicationId: machineApplication.id, roleIds }
  const { __typename } = await operator.mutate('addMachineMember', input)
  if (__typename !== 'AddMachineMemberPayload') throw new Error(`The machine was not added: ${__typename}`)
  return machineApplication.id
}

/** The id of a new machine application that the organization owns. */
export async function ownedApplication(
  { id: organizationId }: { id: string },
  by: Person,
  name: string,
): Promise<string> {
  const selection = '... on CreateMachineApplicationPayload { machineApplication { id } }'
  return (await by.mutate('createMachineApplication', { name, organizationId }, selection)).machineApplication.id
}

/** The id of a new secret of a machine application. */
export async function secretOf(applicationId: string, by: Person, label: string): Promise<string> {
  const selection = '... on CreateApplicationSecretPayload { applicationSecret { id } }'
  return (await by.mutate('createApplicationSecret', { applicationId, label }, selection)).applicationSecret.id
}

/** The id of a new invitation. */
export async function invitationTo(
  organization: TestOrganization,
  by: Person,
  email: string,
  roleIds?: string[],
): Promise<string> {
  const input = { organizationId: organization.id, email, roleIds, idempotencyKey: randomUUID() }
  const made = await by.mutate('inviteMember', input, '... on InviteMemberPayload { invitation { id } }')
  return made.invitation.id
}

/** The id of a new offer of ownership to a member; one that is pending gives way. */
export async function ownershipOffered(
  { id: organizationId }: { id: string },
  by: Person,
  newOwnerMembershipId: string,
  previousOwnerRoleIds?: string[],
): Promise<string> {
  const query = 'query($id: ID!) { organization(by: { id: $id }) { ownershipTransfer { id } } }'
  const { organization } = await by.query(query, { id: organizationId })
  const ownershipTransferId = organization.ownershipTransfer?.id
  if (ownershipTransferId !== undefined) await by.mutate('cancelOwnershipTransfer', { ownershipTransferId })
  const input = { organizationId, newOwnerMembershipId, previousOwnerRoleIds }
  const selection = '... on TransferOwnershipPayload { ownershipTransfer { id } }'
  return (await by.mutate('transferOwnership', input, selection)).ownershipTransfer.id
}

/** A new shareable link. */
export async function inviteLinkTo(
  organization: TestOrganization,
  by: Person,
  label: string,
  roleIds?: string[],
  allowedEmailDomains?: string[],
): Promise<{ id: string; token: string }> {
  const input = { organizationId: organization.id, label, roleIds, allowedEmailDomains }
  const made = await by.mutate('createInviteLink', input, '... on CreateInviteLinkPayload { token inviteLink { id } }')
  return { id: made.inviteLink.id, token: made.token }
}

/** The id of a new setup link. */
export async function setupLinkTo({ id: organizationId }: { id: string }, by: Person, label: string): Promise<string> {
  const selection = '... on CreateSsoSetupLinkPayload { ssoSetupLink { id } }'
  return (await by.mutate('createSsoSetupLink', { organizationId, label }, selection)).ssoSetupLink.id
}

/** The id of a new request to join, made while the organization let everybody ask; it lets nobody from then on. */
export async function requestIn(
  world: World,
  organization: TestOrganization,
  owner: Person,
  { message, requester }: { message?: string; requester?: Person } = {},
): Promise<string> {
  const lets = (access: string) => owner.mutate('updateJoinRequestPolicy', { organizationId: organization.id, access })
  const asking = requester ?? (await world.person())
  await lets('OPEN')
  const input = { slug: organization.slug, message }
  const made = await asking.mutate('requestToJoin', input, '... on RequestToJoinPayload { joinRequest { id } }')
  await lets('CLOSED')
  return made.joinRequest.id
}

/** The id of a domain that an operator vouches for. */
async function provedDomainOf({ operator }: World, place: { id: string }, by: Person, domain: string): Promise<string> {
  const emailDomainId = await domainOf(place, by, domain)
  await operator.mutate('setEmailDomainVerified', { emailDomainId })
  return emailDomainId
}

/** The id of a new connector. */
export async function connectorOf(
  { id: organizationId }: { id: string },
  by: Person,
  name: string,
  emailDomainIds: string[] = [],
  settings: object = anyProvider,
): Promise<string> {
  const selection = '... on CreateSsoConnectorPayload { ssoConnector { id } }'
  return (await by.mutate('createSsoConnector', { organizationId, name, settings, emailDomainIds }, selection))
    .ssoConnector.id
}

/** The id of a new claim of an email domain. */
export async function domainOf({ id: organizationId }: { id: string }, by: Person, domain: string): Promise<string> {
  const selection = '... on AddEmailDomainPayload { emailDomain { id } }'
  return (await by.mutate('addEmailDomain', { organizationId, domain }, selection)).emailDomain.id
}

/** The id of a new API resource: one for the whole deployment, whoever looks. */
export async function anApiResource({ operator }: World): Promise<string> {
  const input = { audience: `https://api.test/${randomBytes(6).toString('hex')}`, name: 'An API' }
  const made = await operator.mutate(
    'createApiResource',
    input,
    '... on CreateApiResourcePayload { apiResource { id } }',
  )
  return made.apiResource.id
}

async function newestEvent(operator: Person, organizationId: string): Promise<string> {
  const query = 'query($id: ID!) { organization(by: { id: $id }) { auditEvents(first: 1) { nodes { id } } } }'
  return (await operator.query(query, { id: organizationId })).organization.auditEvents.nodes[0].id
}
