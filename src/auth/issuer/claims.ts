import { type AccountClaims, errors, type FindAccount } from 'oidc-provider'
import type { Services } from '../../context.ts'
import { statement } from '../../db/statement.ts'
import type { RequiredSso } from '../../sso/required.ts'
import { emailKey } from '../../users/email.ts'
import { isNamedOperator } from '../named-operator.ts'
import { ownIssuer } from '../own-issuer.ts'
import { isAccepted, signInUnder } from '../required-sso-policy.ts'
import { organizationClaims } from './organization-claims.ts'

/** Which claims come with which scope. */
export const claimsByScope = {
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: ['name', 'picture'],
  email: ['email', 'email_verified'],
  organizations: ['organizations', 'organizations_truncated'],
  organization_roles: ['organization_roles', 'organizations_truncated'],
  organization_data: ['organization_data', 'organizations_truncated'],
  acr: null,
  sid: null,
  auth_time: null,
  iss: null,
}

interface Row {
  name: string
  picture: string | null
  email: string | null
  isEmailVerified: boolean
  requiredSso: RequiredSso | null
}

const byId = statement(
  'account_by_id',
  `select display_name as name, avatar_url as picture, email, is_email_verified as "isEmailVerified",
     tenantry_required_sso(id, null) as "requiredSso"
   from principal where id = $1 and kind = 'USER'`,
)

/**
 * The user with this id as an account; none once the user is deleted, and then no token is issued any more. For a code or
 * a refresh token whose sign-in does not count any more there is an error, before the token is used up (SSO-5).
 */
export function accountFinder(services: Services): FindAccount {
  return async (_ctx, accountId, token) => {
    const { rows } = await services.pool.query<Row>(byId.text, [accountId])
    const row = rows[0]
    if (row === undefined) return undefined
    if (token !== undefined && remembersSignIn(token)) refuseSignIn(services, accountId, row, token)
    const claims = async (_use: string, scope: string): Promise<AccountClaims> => {
      const scopes = new Set(scope.split(' '))
      return {
        sub: accountId,
        name: row.name,
        ...(row.picture !== null && { picture: row.picture }),
        ...(row.email !== null && { email: row.email, email_verified: row.isEmailVerified }),
        ...(await organizationClaims(services, accountId, scopes)),
      }
    }
    return { accountId, claims }
  }
}

interface SignIn {
  readonly amr?: readonly string[] | undefined
  readonly acr?: string | undefined
}
const remembersSignIn = (token: { kind: string }): token is { kind: string } & SignIn =>
  token.kind === 'AuthorizationCode' || token.kind === 'RefreshToken'

/** @throws CustomOIDCProviderError */
function refuseSignIn({ config }: Services, subject: string, row: Row, { amr = [], acr }: SignIn): void {
  const { issuer } = ownIssuer(config)
  const key = row.email === null || !row.isEmailVerified ? null : emailKey(row.email)
  if (isAccepted(signInUnder(row.requiredSso, { issuer, methods: amr, acr: acr ?? null }, issuer))) return
  if (!isNamedOperator(config, { issuer, subject, emailKey: key }))
    throw new errors.CustomOIDCProviderError('insufficient_user_authentication', ssoRequired)
}

/** What a product is told whose user has to sign in through a connector. */
const ssoRequired = 'The organization of your email address requires its own sign-in: sign in again.'
