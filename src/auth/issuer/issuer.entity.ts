import { defineEntity, p } from '@mikro-orm/postgresql'

/** A key that the built-in issuer signs with, did, or will. */
export const SigningKey = defineEntity({
  name: 'SigningKey',
  tableName: 'signing_key',
  properties: {
    kid: p.text().primary(),
    algorithm: p.text().$type<'ES256'>(),
    publicJwk: p.json<object>(),
    encryptedPrivateJwk: p.text(),
    createdAt: p.datetime(3),
    activatesAt: p.datetime(3),
    retiresAt: p.datetime(3).nullable(),
  },
})

/** What oidc-provider remembers: sessions, interactions, grants, codes, refresh tokens. */
export const OidcRecord = defineEntity({
  name: 'OidcRecord',
  tableName: 'oidc_record',
  properties: {
    model: p.text().primary(),
    idHash: p.text().primary(),
    payload: p.json<object>(),
    grantId: p.text().nullable(),
    uid: p.text().nullable(),
    userCode: p.text().nullable(),
    expiresAt: p.datetime(3).nullable(),
    consumedAt: p.datetime(3).nullable(),
  },
})

/** Who signs in at the built-in issuer with this address. */
export const SignInAddress = defineEntity({
  name: 'SignInAddress',
  tableName: 'sign_in_address',
  properties: {
    emailKey: p.text().primary(),
    principalId: p.uuid(),
    createdAt: p.datetime(3),
  },
})

/** A code that was asked for, and the mail that brings it. */
export const SignInCode = defineEntity({
  name: 'SignInCode',
  tableName: 'sign_in_code',
  properties: {
    id: p.uuid().primary(),
    interactionHash: p.text(),
    email: p.text(),
    emailKey: p.text(),
    locale: p.text(),
    ipHash: p.text().nullable(),
    codeHash: p.text().nullable(),
    attempts: p.integer().default(0),
    status: p.text().$type<'QUEUED' | 'SENT' | 'FAILED' | 'CANCELLED'>(),
    sendAttempts: p.integer().default(0),
    dueAt: p.datetime(3),
    requestedAt: p.datetime(3),
    expiresAt: p.datetime(3),
    closedAt: p.datetime(3).nullable(),
    usedAt: p.datetime(3).nullable(),
  },
})

/** The program by which a user shows a second factor. */
export const SecondFactor = defineEntity({
  name: 'SecondFactor',
  tableName: 'second_factor',
  properties: {
    principalId: p.uuid().primary(),
    encryptedSecret: p.text(),
    lastStep: p.bigint(),
    attempts: p.integer().default(0),
    attemptsSince: p.datetime(3),
    createdAt: p.datetime(3),
  },
})

/** A code that stands in for the program, once. */
export const RecoveryCode = defineEntity({
  name: 'RecoveryCode',
  tableName: 'recovery_code',
  properties: {
    principalId: p.uuid().primary(),
    codeHash: p.text().primary(),
    usedAt: p.datetime(3).nullable(),
  },
})
