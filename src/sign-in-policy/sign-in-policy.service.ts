import { changesOf } from '../audit/changes.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import type { SignInMethod } from './sign-in-policy.entity.ts'
import { openPolicy } from './sign-in-policy.loaders.ts'

export interface UpdateSignInPolicy {
  organizationId: string
  requiresMfa?: boolean | null | undefined
  allowedMethods?: readonly SignInMethod[] | null | undefined
  maxSessionMinutes?: number | null | undefined
}

const upsert = statement(
  'set_sign_in_policy',
  `insert into sign_in_policy (organization_id, requires_mfa, allowed_methods, max_session_minutes) values ($1, $2, $3, $4)
   on conflict (organization_id) do update set requires_mfa = excluded.requires_mfa,
     allowed_methods = excluded.allowed_methods, max_session_minutes = excluded.max_session_minutes`,
)

/** Says what a sign-in has to show before a token for the organization is issued. Tokens that are out run out by themselves. */
export async function updateSignInPolicy(tx: Tx, input: UpdateSignInPolicy) {
  const { organizationId } = input
  const before = (await tx.load.signInPolicyByOrganization.load(organizationId)) ?? openPolicy(organizationId)
  const methods = input.allowedMethods === undefined ? before.allowedMethods : (input.allowedMethods ?? [])
  const after = {
    ...before,
    requiresMfa: input.requiresMfa ?? before.requiresMfa,
    allowedMethods: [...new Set(methods)].sort(),
    maxSessionMinutes: input.maxSessionMinutes === undefined ? before.maxSessionMinutes : input.maxSessionMinutes,
  }
  const changes = changesOf(before, after)
  if (changes.length === 0) return { organizationId }
  await tx.rows(upsert, [organizationId, after.requiresMfa, after.allowedMethods, after.maxSessionMinutes])
  const label = (await tx.load.organizationById.load(organizationId))?.name ?? ''
  const action = 'SIGN_IN_POLICY_UPDATED'
  tx.record({ organizationId, action, target: { type: 'Organization', id: organizationId, label }, changes })
  tx.emit(organizationId, action, { organizationId })
  return { organizationId }
}
