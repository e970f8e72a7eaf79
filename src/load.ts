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
import { roleLoaders, type TemplateRoleRow } from './roles/role.loaders.ts'
import { signInPolicyLoaders } from './sign-in-policy/sign-in-policy.loaders.ts'
import { connectorUseLoaders } from './sso/connector-use.loaders.ts'
import { ssoReachLoaders } from './sso/reach.loaders.ts'
import { ssoConnectorLoaders } from './sso/sso-connector.loaders.ts'
import { ssoSetupLinkLoaders } from './sso-setup-links/sso-setup-link.loaders.ts'
import { principalLoaders } from './users/principal.loaders.ts'

/** Who asks, when, and under which configuration. */
interface Asker {
  readonly actor: Actor
  readonly now: Date
  readonly config: Config
}
interface Of extends Asker {
  readonly db: Db
  readonly templateRoles: () => Promise<readonly TemplateRoleRow[]>
}

const groups = [
  ({ db }: Of) => createPager(db),
  ({ db, actor, now, templateRoles }: Of) => organizationLoaders(db, { actor, now }, templateRoles),
  ({ db }: Of) => membershipLoaders(db),
  ({ db }: Of) => activeOrganizationLoaders(db),
  ({ db }: Of) => provisionedLoaders(db),
  ({ db }: Of) => roleLoaders(db),
  ({ db }: Of) => previewLoaders(db),
  ({ db }: Of) => invitationLoaders(db),
  ({ db }: Of) => ownershipTransferLoaders(db),
  ({ db }: Of) => inviteLinkLoaders(db),
  ({ db, now }: Of) => joinRequestLoaders(db, now),
  ({ db }: Of) => signInPolicyLoaders(db),
  ({ db }: Of) => organizationConsentLoaders(db),
  ({ db }: Of) => emailDomainLoaders(db),
  ({ db }: Of) => passkeyLoaders(db),
  ({ db }: Of) => ssoConnectorLoaders(db),
  ({ db }: Of) => connectorUseLoaders(db),
  ({ db }: Of) => ssoSetupLinkLoaders(db),
  ({ db, now }: Of) => jitProvisioningLoaders(db, now),
  ({ db, actor }: Of) => ssoReachLoaders(db, actor),
  ({ db, actor }: Of) => principalLoaders(db, actor),
  ({ db }: Of) => machineApplicationLoaders(db),
  ({ db, config }: Of) => managementLoaders(db, config.operators),
  ({ db }: Of) => auditLoaders(db),
  ({ db }: Of) => mailTemplateLoaders(db),
] as const

type All<Union> = (Union extends unknown ? (of: Union) => void : never) extends (of: infer Whole) => void
  ? Whole
  : never
export type Loaders = All<ReturnType<(typeof groups)[number]>>

/** What every rule and read is asked with: who asks, and how to find out. */
export interface Ask extends Asker {
  readonly load: Loaders
}

/** Makes the loaders of a group when the first of them is asked for: there are eighty, of which a request needs five. */
class LazyLoaders {
  readonly #of: Of
  readonly #made: object[] = []

  constructor(of: Of) {
    this.#of = of
  }

  group(index: number): object {
    this.#made[index] ??= groups[index]?.(this.#of) ?? {}
    return this.#made[index]
  }
}
let isNamed = false

/** Each name answers from its group. Which names there are, the groups themselves say, once. */
function nameAll(of: Of): void {
  for (const [index, make] of groups.entries()) {
    for (const name of Object.keys(make(of)))
      Object.defineProperty(LazyLoaders.prototype, name, {
        enumerable: true,
        get(this: LazyLoaders) {
          return Reflect.get(this.group(index), name)
        },
      })
  }
  isNamed = true
}

/** Every batched read. Made per request, and anew inside and after each mutation: nothing outlives what it was read under. */
export function createLoaders(db: Db, { actor, config, now }: Asker): Loaders {
  const of: Of = { db, actor, config, now, templateRoles: () => loaders.templateRoles() }
  if (!isNamed) nameAll(of)
  // What it has beside the names of Loaders is its own.
  const loaders = new LazyLoaders(of) as unknown as Loaders
  return loaders
}
