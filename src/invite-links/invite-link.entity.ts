import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql'

/** An offer of membership with roles to whoever has its token, within its terms. */
export const InviteLink = defineEntity({
  name: 'InviteLink',
  tableName: 'invite_link',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    label: p.text(),
    tokenHash: p.text(),
    maxUses: p.integer().nullable(),
    uses: p.integer().default(0),
    allowedEmailDomains: p.array().columnType('text[]'),
    createdBy: p.uuid().nullable(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
    revokedAt: p.datetime(3).nullable(),
  },
})
export type InviteLink = InferEntity<typeof InviteLink>

export type InviteLinkStatus = 'ACTIVE' | 'USED_UP' | 'EXPIRED' | 'REVOKED'

export const InviteLinkRole = defineEntity({
  name: 'InviteLinkRole',
  tableName: 'invite_link_role',
  properties: {
    organizationId: p.uuid().primary(),
    inviteLinkId: p.uuid().primary(),
    roleId: p.uuid().primary().generated('coalesce(template_role_id, custom_role_id) stored'),
    kind: p.text().default('USER'),
    templateRoleId: p.uuid().nullable(),
    customRoleId: p.uuid().nullable(),
  },
})
