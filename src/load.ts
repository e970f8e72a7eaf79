import { auditLoaders } from './audit/audit-event.loaders.ts'
import type { Actor } from './auth/actor.ts'
import type { Config } from './config.ts'
import { createPager } from './db/page.ts'
import type { Db } from './db/statement.ts'
import { emailDomainLoaders } from './email-domains/email-domain.loaders.ts'
import { invitationLoaders } from './invitations/invitation.loaders.ts'
import { inviteLinkLoaders } from './invite-links/invite-link.loaders.ts'
import { jitProvisioningLoaders } from './jit-provisioning/jit-provisioning.loaders.ts'
import { joinRequestLoaders } from './join-requests/join-request.loaders.ts'
import { machineApplicationLoaders } from './machines/machine-application.loaders.ts'
import { mailTemplateLoaders } from './mail/mail-template.loaders.ts'
import { managementLoaders } from './management/management.loaders.ts'
import { activeOrganizationLoaders } from './members/active-organizations.loaders.ts'
import { membershipLoaders } from './members/membership.loaders.ts'
import { provisionedLoaders } from './members/provisioned.loaders.ts'
import { organizationConsentLoaders } from './organization-consents/organization-consent.loaders.ts'
import { organizationLoaders } from './organizations/organization.loaders.ts'
import { ownershipTransferLoaders } from './ownership/ownership-transfer.loaders.ts'
import { passkeyLoaders } from './passkeys/passkey.loaders.ts'
import { previewLoaders } from './roles/preview.loaders.ts'
import { roleLoaders } from './roles/role.loaders.ts'
import { signInPolicyLoaders } from './sign-in-policy/sign-in-policy.loaders.ts'
import { connectorUseLoaders } from './sso/connector-use.loaders.ts'
import { ssoReachLoaders } from './sso/reach.loaders.ts'
import { ssoConnectorLoaders } from './sso/sso-connector.loaders.ts'
import { ssoSetupLinkLoaders } from './sso-setup-links/sso-setup-link.loaders.ts'
import { principalLoaders } from './users/principal.loaders.ts'

/** Every batched read. Made per request, and anew inside and after each mutation: nothing outlives what it was read under. */
export function createLoaders(db: Db, { actor, config, now }: Asker) {
  const roles = roleLoaders(db)
  return {
    ...createPager(db),
    ...organizationLoaders(db, { actor, now }, roles.templateRoles),
    ...membershipLoaders(db),
    ...activeOrganizationLoaders(db),
    ...provisionedLoaders(db),
    ...roles,
    ...previewLoaders(db),
    ...invitationLoaders(db),
    ...ownershipTransferLoaders(db),
    ...inviteLinkLoaders(db),
    ...joinRequestLoaders(db, now),
    ...signInPolicyLoaders(db),
    ...organizationConsentLoaders(db),
    ...emailDomainLoaders(db),
    ...passkeyLoaders(db),
    ...ssoConnectorLoaders(db),
    ...connectorUseLoaders(db),
    ...ssoSetupLinkLoaders(db),
    ...jitProvisioningLoaders(db, now),
    ...ssoReachLoaders(db, actor),
    ...principalLoaders(db, actor),
    ...machineApplicationLoaders(db),
    ...managementLoaders(db, config.operators),
    ...auditLoaders(db),
    ...mailTemplateLoaders(db),
  }
}
export type Loaders = ReturnType<typeof createLoaders>

/** Who asks, when, and under which configuration. */
interface Asker {
  readonly actor: Actor
  readonly now: Date
  readonly config: Config
}

/** What every rule and read is asked with: who asks, and how to find out. */
export interface Ask extends Asker {
  readonly load: Loaders
}
