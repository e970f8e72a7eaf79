import { seeApplication } from '../auth/application-policy.ts'
import type { GatewayPermission, ManagementPermission } from '../auth/permissions.ts'
import * as policy from '../auth/policy.ts'
import { deploymentId } from '../ids.ts'
import type { Ask } from '../load.ts'
import type { ApplicationRow } from '../machines/machine-application.loaders.ts'
import type { Guard } from './mutation.ts'

/**
 * The organization that the input names, read as everything is: past row-level security there is none of another
 * tenant, so that even a forgotten rule lets nobody write there.
 */
export async function findOrganization(ask: Ask, { organizationId }: { organizationId: string }) {
  return (await ask.load.organizationById.load(organizationId)) === null ? null : { organizationId }
}

/** For what happens in the organization that the input names: who holds this permission there. */
export const inOrganization = <Input extends { organizationId: string }>(
  permission: GatewayPermission,
): Guard<Input, { organizationId: string }> => ({
  noun: 'organization',
  find: findOrganization,
  rule: (ask, { organizationId }) => policy.holdsToChange(ask, organizationId, permission),
})

/** For what concerns the deployment: operators who hold this management permission. */
export const inDeployment = <Input>(permission: ManagementPermission): Guard<Input, { organizationId: string }> => ({
  noun: 'deployment',
  find: () => ({ organizationId: deploymentId }),
  rule: ask => policy.manages(ask, permission),
})

/** For what is done to the machine application that the input names: whoever may know of it, under this rule. */
export const ofApplication = <Input extends { applicationId: string }>(
  rule: Guard<Input, ApplicationRow>['rule'],
): Guard<Input, ApplicationRow> => ({
  noun: 'application',
  find: async (ask, { applicationId }) => {
    const application = await ask.load.machineApplicationById.load(applicationId)
    return application !== null && (await seeApplication(ask, application)) === null ? application : null
  },
  rule,
})
