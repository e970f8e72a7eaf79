import { v5 as uuidv5 } from 'uuid'

/**
 * The gateway permissions: the fixed catalogue that guards this API inside an organization. One place; the database
 * table `permission` follows it at every start, and a test proves that every one of them guards something.
 */
export const gatewayPermissions = {
  'organization:update': 'Change the name, slug, description, branding and custom data of the organization.',
  'organization:delete': 'Delete the organization. It can be restored for a period.',
  'member:read': 'See the members, with their roles and email addresses.',
  'member:add': 'Make a known user or a machine application a member at once, without an invitation.',
  'member:update': 'Change the custom data of members.',
  'member:remove': 'Remove members who hold nothing that the remover lacks.',
  'member:suspend': 'Suspend members who hold nothing that the suspender lacks, and restore them.',
  'member:assign-role': 'Give roles to members and take them away, within the permissions held oneself.',
  'invitation:read': 'See the invitations of the organization.',
  'invitation:create': 'Invite people by email, with roles within the permissions held oneself.',
  'invitation:revoke': 'Revoke pending invitations.',
  'invite-link:read': 'See the shareable links of the organization, but not what opens them.',
  'invite-link:create': 'Make shareable links by which people join, with roles within the permissions held oneself.',
  'invite-link:revoke': 'Close shareable links.',
  'join-request:read': 'See who asks to join the organization, with their email addresses.',
  'join-request:decide': 'Approve requests to join, with roles within the permissions held oneself, and refuse them.',
  'join-request:configure': 'Say who may ask to join the organization.',
  'sign-in-policy:read': 'See what a sign-in has to show before an organization token is issued.',
  'sign-in-policy:update': 'Say what a sign-in has to show before an organization token is issued.',
  'domain:read': 'See the email domains of the organization, and how to prove them.',
  'domain:manage': 'Claim email domains, prove them, and give them up.',
  'sso:read': 'See the connectors of the organization, and what their last test came to, but no secret.',
  'sso:manage': 'Connect identity providers to the organization, change, test and disconnect them.',
  'jit-provisioning:update':
    'Say who becomes a member by signing in with an address of a proved domain, with roles within the permissions held oneself.',
  'role:manage': 'Create, change and delete custom roles, within the permissions held oneself.',
  'application:read':
    'See the machine applications that the organization owns, with their secrets, but not what those are.',
  'application:manage':
    'Make machine applications that the organization owns, and secrets for those that hold nothing that one lacks.',
  'audit:read': 'Read the audit log of the organization.',
} as const satisfies Record<string, string>

export type GatewayPermission = keyof typeof gatewayPermissions

/** Management permissions: held by operators for the whole deployment, never by a role inside an organization (MGT-2). */
export const managementPermissions = {
  'organizations:read': 'See every organization with its members, roles, invitations, links and requests.',
  'organizations:write': 'Do in every organization what its owner may do; needs `organizations:read` to find them.',
  'template:write': 'Change the organization template: roles, permissions and API resources.',
  'users:read': 'See every user and machine application of the deployment.',
  'users:write':
    'Delete users who hold no management permission that the operator lacks; needs `users:read` to find them.',
  'applications:write':
    'Make machine applications of the deployment, and secrets for those that hold nothing that the operator lacks.',
  'audit:read': 'Read the audit log of every organization and of the deployment.',
  'management:write': 'Grant and revoke management permissions, within those held oneself.',
} as const satisfies Record<string, string>

export type ManagementPermission = keyof typeof managementPermissions

const namespace = '6f1d3c52-8f0b-5d5b-9c39-0d3f6f3a7e11'

/** The id of a gateway permission: derived from its key, so that it is the same in every deployment. */
export function gatewayPermissionId(key: GatewayPermission): string {
  return uuidv5(key, namespace)
}

export const gatewayPermissionKeys = Object.keys(gatewayPermissions) as GatewayPermission[]
export const managementPermissionKeys = Object.keys(managementPermissions) as ManagementPermission[]
const keyById = new Map(gatewayPermissionKeys.map(key => [gatewayPermissionId(key), key]))

/** The key of a gateway permission by its id; undefined for a product permission. */
export function gatewayPermissionKey(id: string): GatewayPermission | undefined {
  return keyById.get(id)
}
