import { randomBytes } from 'node:crypto'
import type { NodeType } from '../../../src/graphql/ids.ts'
import { anyProvider, anySamlProvider } from '../../kit/any-provider.ts'
import type { Parties } from './callers.ts'
import {
  anApiResource,
  connectorOf,
  domainOf,
  invitationTo,
  inviteLinkTo,
  ownedApplication,
  ownershipOffered,
  requestIn,
  secretOf,
  setupLinkTo,
} from './side.ts'
import type { Values } from './slots.ts'

export const word = () => `w${randomBytes(5).toString('hex')}`

/** Valid values for inputs whose type does not say enough. What is required and neither here nor an id fails the test. */
const made: Readonly<Record<string, (parties: Parties) => unknown>> = {
  'SetMailTemplateInput.kind': () => 'INVITATION',
  'SetMailTemplateInput.subject': word,
  'SetMailTemplateInput.text': () => `${word()} {{link}}`,
  'SetMailTemplateInput.html': () => `${word()} {{link}}`,
  'ResetMailTemplateInput.kind': () => 'INVITATION',
  'Query.invitationPreview.token': () => randomBytes(32).toString('base64url'),
  'Query.node.id': parties => parties.own.organization.id,
  'Query.nodes.ids': parties => [parties.own.organization.id],
  'RevokeApplicationConsentInput.clientId': word,
  'ApiPermissionRef.audience': () => 'https://api.test',
  'ApiPermissionRef.key': () => 'invoice:read',
  'AddMemberInput.userId': parties => parties.candidate(),
  'AddMachineMemberInput.applicationId': parties => parties.machineCandidate(),
  'AddMachineMemberInput.roleIds': parties => [parties.own.machineRoleId],
  'CreateCustomRoleInput.name': word,
  'CreateTemplateRoleInput.name': word,
  'CreateOrganizationInput.name': word,
  'CreateMachineApplicationInput.name': word,
  'CreateApiResourceInput.name': word,
  'CreateApiResourceInput.audience': () => `https://api.test/${word()}`,
  'UpdateApiResourceInput.name': word,
  'CreatePermissionInput.key': () => `${word()}:read`,
  'CreatePermissionInput.description': word,
  'CreateInviteLinkInput.label': word,
  'JoinByInviteLinkInput.token': word,
  'Query.inviteLinkPreview.token': word,
  'RequestToJoinInput.slug': parties => parties.own.written.slug,
  'JoinSuggestedOrganizationInput.slug': parties => parties.own.written.slug,
  'AddEmailDomainInput.domain': () => `${word()}.com`,
  'CreateSsoSetupLinkInput.label': word,
  'CreateSsoConnectorInput.name': word,
  'CreateSsoConnectorInput.settings': () => anyProvider,
  'SetSsoGroupMappingsInput.mappings': () => [],
  'SsoGroupMappingInput.group': word,
  'OidcSettings.issuer': () => anyProvider.oidc.issuer,
  'OidcSettings.clientId': word,
  'SamlSettings.metadata': () => anySamlProvider.saml.metadata,
  'UpdateJoinRequestPolicyInput.access': () => 'CLOSED',
  'SetApplicationKeysInput.jwks': () => ({ keys: [] }),
  'InviteMemberInput.email': () => `${word()}@people.test`,
  'InvitationOffer.email': () => `${word()}@people.test`,
  'SetManagementPermissionsInput.permissions': () => [],
  'SetBreakGlassInput.isAllowed': () => false,
}

/** What a caller of the own organization would say in a required input; ids that may be used up are new at every call. */
export function valuesOf(parties: Parties, idOf = (node: NodeType) => stable(parties, node)): Values {
  return async (declared, nodes, scalar) => {
    const make = made[declared]
    const [node] = nodes
    if (make !== undefined) return make(parties)
    if (node !== undefined) return idOf(node)
    if (scalar === '') return undefined
    throw new Error(`${declared} is required: say in own-values.ts what is valid there`)
  }
}

/** As valuesOf, for calls that go through: what they change or delete is new, and in nobody's way. */
export function freshValuesOf(parties: Parties): Values {
  return valuesOf(parties, node => (node === 'Organization' ? stable(parties, node) : fresh(parties, node)))
}

/** The id of something new of the own organization, or known in it. */
export function fresh(parties: Parties, node: NodeType): Promise<string> {
  const { own, world } = parties
  const makes: Record<NodeType, () => Promise<string>> = {
    User: () => parties.candidate(),
    MachineApplication: () => parties.machineCandidate(),
    Organization: async () => (await world.organization(own.owner)).id,
    Membership: async () => (await own.organization.member()).membershipId,
    OrganizationRole: () => own.organization.customRole(['member:read']),
    Permission: () => aPermission(parties),
    ApiResource: () => anApiResource(world),
    Invitation: () => invitationTo(own.organization, own.owner, `${word()}@people.test`),
    OwnershipTransfer: async () =>
      ownershipOffered(own.organization, own.owner, (await own.organization.member()).membershipId),
    InviteLink: async () => (await inviteLinkTo(own.organization, own.owner, word())).id,
    JoinRequest: () => requestIn(world, own.organization, own.owner),
    EmailDomain: () => domainOf(own.organization, own.owner, `${word()}.com`),
    OidcConnector: () => connectorOf(own.organization, own.owner, word()),
    SamlConnector: () => connectorOf(own.organization, own.owner, word(), [], anySamlProvider),
    ApplicationSecret: async () =>
      secretOf(await ownedApplication(own.organization, own.owner, word()), own.owner, word()),
    // At most ten are open at once.
    SsoSetupLink: () => newSetupLink(parties),
    AuditEvent: () => stable(parties, 'AuditEvent'),
  }
  return makes[node]()
}

const stable = async ({ own }: Parties, node: NodeType) => own.ids[node]

async function newSetupLink({ own: { organization, owner } }: Parties): Promise<string> {
  const query =
    'query($id: ID!) { organization(by: { id: $id }) { ssoSetupLinks(first: 100) { nodes { id status } } } }'
  const { nodes } = (await owner.query(query, { id: organization.id })).organization.ssoSetupLinks
  const open = (nodes as { id: string; status: string }[]).filter(one => one.status === 'ACTIVE').slice(0, -1)
  for (const { id } of open) await owner.mutate('revokeSsoSetupLink', { ssoSetupLinkId: id })
  return setupLinkTo(organization, owner, word())
}

async function aPermission({ world }: Parties): Promise<string> {
  const input = { key: `${word()}:read`, description: 'A permission of the product.' }
  const selection = '... on CreatePermissionPayload { permission { id } }'
  return (await world.operator.mutate('createPermission', input, selection)).permission.id
}
