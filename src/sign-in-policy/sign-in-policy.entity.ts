import { defineEntity, p } from '@mikro-orm/postgresql'

/** What an organization asks of a sign-in before a token for it is issued; without a row, nothing. */
export const SignInPolicy = defineEntity({
  name: 'SignInPolicy',
  tableName: 'sign_in_policy',
  properties: {
    organizationId: p.uuid().primary(),
    requiresMfa: p.boolean(),
    allowedMethods: p.array().columnType('text[]'),
    maxSessionMinutes: p.integer().nullable(),
  },
})
export type SignInMethod = 'EMAIL_CODE' | 'PASSKEY' | 'SSO' | 'EXTERNAL'
