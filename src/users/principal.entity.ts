import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql'

/** A user or a machine application: whoever can be a member, act, and stand in the audit log. */
export const Principal = defineEntity({
  name: 'Principal',
  tableName: 'principal',
  properties: {
    id: p.uuid().primary(),
    kind: p.text().$type<PrincipalKind>(),
    displayName: p.text(),
    avatarUrl: p.text().nullable(),
    email: p.text().nullable(),
    emailKey: p.text().nullable(),
    isEmailVerified: p.boolean().default(false),
    clientId: p.text().nullable(),
    lastUsedAt: p.datetime(3).nullable(),
    createdAt: p.datetime(3),
  },
})
export type Principal = InferEntity<typeof Principal>
export type PrincipalKind = 'USER' | 'MACHINE'

/** Under which (issuer, subject) a user signs in. */
export const Identity = defineEntity({
  name: 'Identity',
  tableName: 'identity',
  properties: {
    issuer: p.text().primary(),
    subject: p.text().primary(),
    principalId: p.uuid(),
    createdAt: p.datetime(3),
  },
})
