import { oneBy } from '../db/loaders.ts'
import { type Db, statement } from '../db/statement.ts'
import type { SignInMethod } from './sign-in-policy.entity.ts'

export interface SignInPolicyRow {
  readonly organizationId: string
  readonly requiresMfa: boolean
  /** Empty: every method. */
  readonly allowedMethods: readonly SignInMethod[]
  /** How long ago the sign-in may be; null: as long as it likes. */
  readonly maxSessionMinutes: number | null
}

const byOrganization = statement(
  'sign_in_policy_by_organization',
  `select organization_id as "organizationId", requires_mfa as "requiresMfa", allowed_methods as "allowedMethods",
     max_session_minutes as "maxSessionMinutes" from sign_in_policy where organization_id = any($1::uuid[])`,
)

export function signInPolicyLoaders(db: Db) {
  return {
    /** Null where the organization asks nothing. */
    signInPolicyByOrganization: oneBy<SignInPolicyRow>(db, byOrganization, row => row.organizationId),
  }
}

/** What an organization asks that said nothing. */
export function openPolicy(organizationId: string): SignInPolicyRow {
  return { organizationId, requiresMfa: false, allowedMethods: [], maxSessionMinutes: null }
}
