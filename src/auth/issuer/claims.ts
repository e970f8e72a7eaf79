import type { AccountClaims, FindAccount } from 'oidc-provider'
import type { Services } from '../../context.ts'
import { statement } from '../../db/statement.ts'
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
}

const byId = statement(
  'account_by_id',
  `select display_name as name, avatar_url as picture, email, is_email_verified as "isEmailVerified"
   from principal where id = $1 and kind = 'USER'`,
)

/** The user with this id as an account; none once the user is deleted, and then no token is issued any more. */
export function accountFinder(services: Services): FindAccount {
  return async (_ctx, accountId) => {
    const { rows } = await services.pool.query<Row>(byId.text, [accountId])
    const row = rows[0]
    if (row === undefined) return undefined
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
