import { defineEntity, p } from '@mikro-orm/postgresql'

/** What a user signs in with at the built-in issuer in place of a mailed code and a second factor. */
export const Passkey = defineEntity({
  name: 'Passkey',
  tableName: 'passkey',
  properties: {
    id: p.uuid().primary(),
    principalId: p.uuid(),
    credentialId: p.text(),
    publicKey: p.blob(),
    signCount: p.bigint(),
    transports: p.array().columnType('text[]'),
    aaguid: p.uuid(),
    isBackedUp: p.boolean(),
    name: p.text(),
    createdAt: p.datetime(3),
    lastUsedAt: p.datetime(3).nullable(),
  },
})

/** What a browser is asked to have signed in one interaction. */
export const PasskeyChallenge = defineEntity({
  name: 'PasskeyChallenge',
  tableName: 'passkey_challenge',
  properties: {
    interactionHash: p.text().primary(),
    purpose: p.text().$type<'PROVE' | 'ADD'>().primary(),
    challenge: p.text(),
    expiresAt: p.datetime(3),
  },
})
