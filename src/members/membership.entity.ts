import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql'
import type { JsonObject } from '../organizations/organization.entity.ts'
import type { PrincipalKind } from '../users/principal.entity.ts'

/** One principal in one organization. */
export const Membership = defineEntity({
  name: 'Membership',
  tableName: 'membership',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    principalId: p.uuid(),
    kind: p.text().$type<PrincipalKind>(),
    sortName: p.text(),
    origin: p.text().$type<MembershipOrigin>(),
    addedBy: p.uuid().nullable(),
    joinedAt: p.datetime(3),
    customData: p.json<JsonObject>(),
    suspendedAt: p.datetime(3).nullable(),
    emailDomain: p.text().nullable(),
  },
})
/** Who was a member: just-in-time provisioning does not undo a removal. */
export const FormerMember = defineEntity({
  name: 'FormerMember',
  tableName: 'former_member',
  properties: {
    organizationId: p.uuid().primary(),
    principalId: p.uuid().primary(),
    emailKey: p.text().nullable(),
    hasLeft: p.boolean(),
    departedAt: p.datetime(3),
  },
})

export type Membership = InferEntity<typeof Membership>

/** How memberships come about; `LINK` to `DIRECTORY` are ways in that later features open. */
export type MembershipOrigin =
  | 'CREATION'
  | 'INVITATION'
  | 'LINK'
  | 'REQUEST'
  | 'EMAIL_DOMAIN'
  | 'SSO'
  | 'DIRECTORY'
  | 'OPERATOR'
  | 'ADMIN'

/** A suspended member keeps row and roles, and has no access (MEM-11). */
export type MembershipStatus = 'ACTIVE' | 'SUSPENDED'

/** A role held by a membership: of the template or of its own organization, never another's. */
export const MembershipRole = defineEntity({
  name: 'MembershipRole',
  tableName: 'membership_role',
  properties: {
    organizationId: p.uuid().primary(),
    membershipId: p.uuid().primary(),
    roleId: p.uuid().primary().generated('coalesce(template_role_id, custom_role_id) stored'),
    kind: p.text().$type<PrincipalKind>(),
    templateRoleId: p.uuid().nullable(),
    customRoleId: p.uuid().nullable(),
    assignedBy: p.uuid().nullable(),
    assignedAt: p.datetime(3),
  },
})
