import type { GatewayPermission, ManagementPermission } from '../auth/permissions.ts'
import * as policy from '../auth/policy.ts'
import { deploymentId } from '../ids.ts'
import type { Guard } from './mutation.ts'

/** For what happens in the organization that the input names: who holds this permission there. */
export const inOrganization = <Input extends { organizationId: string }>(
  permission: GatewayPermission,
): Guard<Input, { organizationId: string }> => ({
  noun: 'organization',
  find: (_ask, { organizationId }) => ({ organizationId }),
  rule: (ask, { organizationId }) => policy.holdsToChange(ask, organizationId, permission),
})

/** For what concerns the deployment: operators who hold this management permission. */
export const inDeployment = <Input>(permission: ManagementPermission): Guard<Input, { organizationId: string }> => ({
  noun: 'deployment',
  find: () => ({ organizationId: deploymentId }),
  rule: ask => policy.manages(ask, permission),
})
