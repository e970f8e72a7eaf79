import { defineEntity, p } from '@mikro-orm/postgresql'

/** One sending of an invitation: queued with the change that asks for it, sent after its commit. */
export const InvitationMail = defineEntity({
  name: 'InvitationMail',
  tableName: 'invitation_mail',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    invitationId: p.uuid(),
    generation: p.integer(),
    status: p.text().$type<'QUEUED' | 'SENT' | 'FAILED' | 'CANCELLED'>(),
    attempts: p.integer().default(0),
    dueAt: p.datetime(3),
    queuedAt: p.datetime(3),
    closedAt: p.datetime(3).nullable(),
    triedAt: p.datetime(3).nullable(),
  },
})

/** The hash of a link that was mailed. */
export const InvitationToken = defineEntity({
  name: 'InvitationToken',
  tableName: 'invitation_token',
  properties: {
    organizationId: p.uuid().primary(),
    tokenHash: p.text().primary(),
    invitationId: p.uuid(),
    generation: p.integer(),
    createdAt: p.datetime(3),
  },
})
