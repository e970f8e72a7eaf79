import { type GraphQLObjectType, getNamedType, getNullableType, isLeafType, isListType, isObjectType } from 'graphql'
import { gatewayPermissionId } from '../../src/auth/permissions.ts'
import { encodeNodeId, type NodeType } from '../../src/graphql/ids.ts'
import { schema } from '../../src/graphql/schema.ts'
import type { Client } from '../kit/client.ts'
import { fieldNamed, fieldOf, objectTypes, selectionOf } from '../kit/selection.ts'
import type { World } from '../kit/world.ts'
import { idOf } from './population.ts'

export interface List {
  readonly name: string
  readonly query: string
  readonly caller: (world: World) => Client
}

/** Of which object the lists of a type are asked. */
const hubs = (organizationId: string): Readonly<Record<string, string>> => ({
  Organization: organizationId,
  User: idOf('User', 'busy user'),
  MachineApplication: idOf('MachineApplication', 'hub machine'),
  Membership: idOf('Membership', 'busy membership'),
  OrganizationRole: idOf('OrganizationRole', 'hub role'),
  ApiResource: idOf('ApiResource', 'hub resource'),
  Invitation: idOf('Invitation', 'hub invitation'),
  OwnershipTransfer: idOf('OwnershipTransfer', 'hub transfer'),
  InviteLink: idOf('InviteLink', 'hub link'),
  OidcConnector: idOf('OidcConnector', 'hub connector'),
  SamlConnector: idOf('SamlConnector', 'hub saml connector'),
})
/** A member who holds nothing, and one who holds all. */
const explained = { remedies: idOf('Membership', 'idle membership'), held: idOf('Membership', 'busy membership') }
/** Every member who holds the hub's role gains a permission. */
function previewed(field: string): string {
  const permission = encodeNodeId('Permission', gatewayPermissionId('audit:read'))
  return `{ previewRoleChange(roleId: "${idOf('OrganizationRole', 'hub role')}", permissionIds: ["${permission}"]) { ${field} } }`
}
/** Many members lose what the deletion of a resource takes. */
const losing = (field: string) =>
  `{ previewApiResourceDeletion(apiResourceId: "${idOf('ApiResource', 'hub resource')}") { ${field} } }`
const roots: Readonly<Record<string, (field: string) => string>> = {
  Query: field => `{ ${field} }`,
  Viewer: field => `{ viewer { ${field} } }`,
  AccessExplanation:
    field => `{ explainAccess(membershipId: "${explained[field.startsWith('remedies') ? 'remedies' : 'held']}",
    permission: { key: "member:read" }) { ${field} } }`,
  AccessPreview: previewed,
  SsoConnectorTest: field =>
    `{ node(id: "${idOf('OidcConnector', 'hub connector')}") { ... on OidcConnector { lastTest { ${field} } } } }`,
  SsoConnectorUse: field =>
    `{ node(id: "${idOf('OidcConnector', 'hub connector')}") { ... on OidcConnector { uses { ${field} } } } }`,
  PermissionLossPreview: losing,
  AffectedMembership: field => previewed(`members(first: 1) { nodes { ${field} } }`),
  OrganizationTemplate: field => `{ organizationTemplate { ${field} } }`,
}
/** What `nodes` is asked for, by the label under which a population has it. */
const nodes: Readonly<Record<Exclude<NodeType, 'AuditEvent'> | 'AuditEvent', string>> = {
  User: 'user',
  MachineApplication: 'machine',
  Organization: 'organization',
  Membership: 'membership',
  OrganizationRole: 'custom role',
  Permission: 'permission',
  ApiResource: 'resource',
  Invitation: 'invitation',
  OwnershipTransfer: 'transfer',
  InviteLink: 'link',
  JoinRequest: 'request',
  EmailDomain: 'domain',
  OidcConnector: 'connector',
  SamlConnector: 'saml connector',
  SsoSetupLink: 'setup link',
  ApplicationSecret: 'secret',
  AuditEvent: 'event',
}

/** Every list of objects that the schema has, with everything so many objects deep, and `nodes` of every type. */
export function allLists(organizationId: string, size: number, depth: number): List[] {
  const here = JSON.stringify(organizationId)
  const literals = {
    'OrganizationRole.memberCount.organizationId': here,
    'OrganizationRole.viewerCanAssign.organizationId': here,
  }
  // From the other end than the list itself, so that it is never the same page.
  const selecting = { depth, page: `last: 1`, literals }
  const owner = (world: World) => world.owner
  const listed = objectTypes().flatMap(type =>
    Object.values(type.getFields())
      .filter(field => isList(type, field.name))
      .map(field => {
        const isPage = field.args.some(argument => argument.name === 'first')
        const text = fieldOf(type, field, selecting, isPage ? `(first: ${size})` : '')
        const caller =
          type === schema.getQueryType() || type.name === 'PermissionLossPreview'
            ? (world: World) => world.operator
            : owner
        return { name: `${type.name}.${field.name}`, query: from(type, text, organizationId), caller }
      }),
  )
  const byId = Object.entries(nodes).map(([type, label]) => {
    const ids = Array.from({ length: size }, (_, index) => idOf(type as NodeType, label, index + 1))
    const text = selectionOf(typeNamed(type), { ...selecting, depth: depth - 1 })
    return {
      name: `Query.nodes ${type}`,
      query: `{ nodes(ids: ${JSON.stringify(ids)}) { ... on ${type} ${text} } }`,
      caller: owner,
    }
  })
  return [...listed, ...byId]
}

function from(type: GraphQLObjectType, field: string, organizationId: string): string {
  // What an application signs in with is seen where it is owned.
  const isCredential = type.name === 'MachineApplication' && /^(secrets|keys) /.test(field)
  const id = isCredential ? idOf('MachineApplication', 'owned hub') : hubs(organizationId)[type.name]
  if (id !== undefined) return `{ node(id: ${JSON.stringify(id)}) { ... on ${type.name} { ${field} } } }`
  if (type.name === 'JitProvisioning')
    return `{ node(id: ${JSON.stringify(organizationId)}) { ... on Organization { jitProvisioning { ${field} } } } }`
  const root = roots[type.name]
  if (root === undefined)
    throw new Error(`Say in lists.ts of which ${type.name} the lists are asked, and fill them in population.ts`)
  return root(field)
}

/** Lists of objects that cost something: not the parts of a page, not values within a row, not what a mutation answers. */
function isList(type: GraphQLObjectType, name: string): boolean {
  const field = fieldNamed(type, name)
  const named = getNamedType(field.type)
  if (isLeafType(named) || /(Connection|Edge|Payload|Error)$/.test(type.name)) return false
  if (['AuditChange', 'InputIssue'].includes(named.name) || name === 'nodes') return false
  return named.name.endsWith('Connection') || isListType(getNullableType(field.type))
}

function typeNamed(name: string): GraphQLObjectType {
  const type = schema.getType(name)
  if (!isObjectType(type)) throw new Error(`There is no type ${name}`)
  return type
}
