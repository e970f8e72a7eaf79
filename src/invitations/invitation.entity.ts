import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql'

/** An offer of membership with roles, to an email address. */
export const Invitation = defineEntity({
  name: 'Invitation',
  tableName: 'invitation',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    email: p.text(),
    emailKey: p.text(),
    status: p.text().$type<InvitationStatus>(),
    inviterId: p.uuid().nullable(),
    acceptedBy: p.uuid().nullable(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
    closedAt: p.datetime(3).nullable(),
    locale: p.text().nullable(),
    redirectUrl: p.text().nullable(),
    mailGeneration: p.integer().default(0),
    lastSentAt: p.datetime(3).nullable(),
    lastMailFailure: p.text().$type<MailFailure>().nullable(),
  },
})
export type Invitation = InferEntity<typeof Invitation>

/** Why the last attempt to mail an invitation did not go through. */
export type MailFailure = 'UNREACHABLE' | 'REFUSED' | 'ADDRESS_REFUSED' | 'GAVE_UP'

export type InvitationStatus = 'PENDING' | 'ACCEPTED' | 'DECLINED' | 'REVOKED' | 'EXPIRED'

export const InvitationRole = defineEntity({
  name: 'InvitationRole',
  tableName: 'invitation_role',
  properties: {
    organizationId: p.uuid().primary(),
    invitationId: p.uuid().primary(),
    roleId: p.uuid().primary().generated('coalesce(template_role_id, custom_role_id) stored'),
    kind: p.text().default('USER'),
    templateRoleId: p.uuid().nullable(),
    customRoleId: p.uuid().nullable(),
  },
})
