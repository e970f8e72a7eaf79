import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql'

/** Whom an organization lets ask to join; without a row, nobody. */
export const JoinPolicy = defineEntity({
  name: 'JoinPolicy',
  tableName: 'join_policy',
  properties: {
    organizationId: p.uuid().primary(),
    access: p.text().$type<JoinRequestAccess>(),
    emailDomains: p.array().columnType('text[]'),
  },
})
export type JoinRequestAccess = 'CLOSED' | 'OPEN' | 'EMAIL_DOMAINS'

/** A user who asks to become a member. */
export const JoinRequest = defineEntity({
  name: 'JoinRequest',
  tableName: 'join_request',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    requesterId: p.uuid(),
    message: p.text().nullable(),
    status: p.text().$type<JoinRequestStatus>(),
    refusalReason: p.text().nullable(),
    decidedBy: p.uuid().nullable(),
    createdAt: p.datetime(3),
    closedAt: p.datetime(3).nullable(),
  },
})
export type JoinRequest = InferEntity<typeof JoinRequest>
export type JoinRequestStatus = 'PENDING' | 'APPROVED' | 'REFUSED' | 'WITHDRAWN' | 'SUPERSEDED'
