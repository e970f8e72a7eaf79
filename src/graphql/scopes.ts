import type { ForbiddenResult } from '@pothos/plugin-scope-auth'
import type { GatewayPermission, ManagementPermission } from '../auth/permissions.ts'
import * as policy from '../auth/policy.ts'
import type { Context } from '../context.ts'
import { RequestError } from '../errors.ts'

/** What a field can ask for. Each is one line into policy.ts; mutations ask their own rule (graphql/mutation.ts). */
export interface Scopes {
  /** A valid token. */
  signedIn: boolean
  /** A permission in an organization. */
  holds: { organizationId: string; permission: GatewayPermission }
  /** A management permission. */
  manages: ManagementPermission
}

export const scopes = (context: Context) => ({
  signedIn: () => policy.signedIn(context) === null,
  holds: async ({ organizationId, permission }: Scopes['holds']) =>
    (await policy.holds(context, organizationId, permission)) === null,
  manages: (permission: ManagementPermission) => policy.manages(context, permission) === null,
})

/** The error for a refused field: the policy's own words, found by asking for what failed. */
export function unauthorized(_parent: unknown, context: Context, _info: unknown, { failure }: ForbiddenResult): Error {
  const anonymous = policy.signedIn(context)
  if (anonymous !== null) return anonymous
  const failed = 'failures' in failure ? failure.failures[0] : failure
  if (failed !== undefined && 'parameter' in failed) {
    if (failed.scope === 'manages') return policy.manages(context, failed.parameter as ManagementPermission) ?? refused
    if (failed.scope === 'holds') {
      const { permission } = failed.parameter as Scopes['holds']
      return new RequestError('FORBIDDEN', `This needs the permission ${permission} in the organization.`, {
        permission,
      })
    }
  }
  return refused
}

const refused = new RequestError('FORBIDDEN', 'You may not see this.')

/** For a field of Organization that is null without its permission: a refused non-null field takes its parent with it. */
export const nullWithout = (permission: GatewayPermission) => ({
  nullable: true as const,
  authScopes: (organization: { id: string }) => ({ holds: { organizationId: organization.id, permission } }),
  unauthorizedResolver: () => null,
})
