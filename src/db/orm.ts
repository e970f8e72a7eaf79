import { MikroORM, type Options } from '@mikro-orm/postgresql'
import { AuditEvent } from '../audit/audit-event.entity.ts'
import {
  OidcRecord,
  RecoveryCode,
  SecondFactor,
  SignInAddress,
  SignInCode,
  SigningKey,
} from '../auth/issuer/issuer.entity.ts'
import { EmailDomain, EmailDomainLook } from '../email-domains/email-domain.entity.ts'
import { OutboxEvent } from '../events/outbox-event.entity.ts'
import { IdempotencyKey } from '../idempotency/idempotency-key.entity.ts'
import { Invitation, InvitationRole } from '../invitations/invitation.entity.ts'
import { InviteLink, InviteLinkRole } from '../invite-links/invite-link.entity.ts'
import { JitProvisioning, JitProvisioningRole } from '../jit-provisioning/jit-provisioning.entity.ts'
import { JoinPolicy, JoinRequest } from '../join-requests/join-request.entity.ts'
import { ApplicationKey, ApplicationSecret, OrganizationApplication } from '../machines/machine-application.entity.ts'
import { InvitationMail, InvitationToken } from '../mail/invitation-mail.entity.ts'
import { MailTemplate } from '../mail/mail-template.entity.ts'
import { ManagementGrant } from '../management/management-grant.entity.ts'
import { FormerMember, Membership, MembershipRole } from '../members/membership.entity.ts'
import { OrganizationConsent } from '../organization-consents/organization-consent.entity.ts'
import { Organization, OrganizationSlug } from '../organizations/organization.entity.ts'
import { OwnershipTransfer, OwnershipTransferRole } from '../ownership/ownership-transfer.entity.ts'
import { Passkey, PasskeyChallenge } from '../passkeys/passkey.entity.ts'
import { ApiResource, Permission } from '../roles/permission.entity.ts'
import {
  CustomRole,
  CustomRolePermission,
  TemplateRole,
  TemplateRolePermission,
  TemplateVersion,
} from '../roles/role.entity.ts'
import { SignInPolicy } from '../sign-in-policy/sign-in-policy.entity.ts'
import { BreakGlass } from '../sso/break-glass.entity.ts'
import { SsoConnectorUse, SsoGroupMapping } from '../sso/connector-use.entity.ts'
import {
  SsoAssertionUse,
  SsoConnector,
  SsoConnectorDomain,
  SsoIdentity,
  SsoSignIn,
  SsoStart,
} from '../sso/sso-connector.entity.ts'
import { SsoSetupLink } from '../sso-setup-links/sso-setup-link.entity.ts'
import { Identity, Principal } from '../users/principal.entity.ts'
import { RuntimeClient } from './runtime-client.ts'
import { runtimeRole } from './runtime-role.ts'
import type { Timeouts } from './session.ts'

const entities = [
  Principal,
  Identity,
  SigningKey,
  OidcRecord,
  SignInAddress,
  SignInCode,
  SecondFactor,
  RecoveryCode,
  Passkey,
  PasskeyChallenge,
  ManagementGrant,
  ApiResource,
  Permission,
  TemplateRole,
  TemplateRolePermission,
  TemplateVersion,
  Organization,
  OrganizationSlug,
  Membership,
  MembershipRole,
  CustomRole,
  CustomRolePermission,
  Invitation,
  InvitationRole,
  OwnershipTransfer,
  OwnershipTransferRole,
  InviteLink,
  InviteLinkRole,
  JoinPolicy,
  JoinRequest,
  SignInPolicy,
  OrganizationConsent,
  EmailDomain,
  EmailDomainLook,
  SsoAssertionUse,
  SsoConnector,
  SsoConnectorDomain,
  SsoIdentity,
  SsoSignIn,
  SsoStart,
  SsoConnectorUse,
  SsoGroupMapping,
  JitProvisioning,
  JitProvisioningRole,
  FormerMember,
  BreakGlass,
  SsoSetupLink,
  OrganizationApplication,
  ApplicationSecret,
  ApplicationKey,
  InvitationMail,
  InvitationToken,
  MailTemplate,
  AuditEvent,
  OutboxEvent,
  IdempotencyKey,
]

/**
 * Opens the database. As `'runtime'` every connection starts in the restricted role, so that a statement outside any
 * session finds row-level security in force and no viewer set; sessions and transactions take the role by themselves as
 * well, for poolers that drop what a connection starts with. `'owner'` is for migrations and seeds.
 */
export async function openOrm(
  url: string,
  as: 'runtime' | 'owner',
  options: { pool?: number; prepare?: boolean; timeouts?: Timeouts & { pool: number }; extra?: Partial<Options> } = {},
) {
  return MikroORM.init({
    clientUrl: url,
    entities,
    pool: { min: 0, max: options.pool ?? 10 },
    // The whole address goes to the driver: MikroORM takes host, user and database from it, and drops sslmode and the rest.
    driverOptions: {
      connectionString: withSettings(url, as, options.timeouts),
      application_name: `tenantry ${as}`,
      ...(as === 'runtime' && { Client: RuntimeClient, prepare: options.prepare === true }),
      // How long a request waits for a connection of the pool, and for a new one to be made.
      ...(options.timeouts !== undefined && { connectionTimeoutMillis: options.timeouts.pool }),
    },
    forceUtcTimezone: true,
    ...options.extra,
  })
}

function withSettings(url: string, as: 'runtime' | 'owner', timeouts?: Timeouts): string {
  const address = new URL(url)
  const settings = [
    '-c timezone=UTC',
    ...(as === 'runtime' ? [`-c role=${runtimeRole}`, '-c plan_cache_mode=force_generic_plan'] : []),
    ...(timeouts === undefined
      ? []
      : [`-c statement_timeout=${timeouts.statement}`, `-c lock_timeout=${timeouts.lock}`]),
  ]
  const given = address.searchParams.get('options')
  // Ours come last: what the address sets does not lift the role.
  address.searchParams.set('options', [...(given === null ? [] : [given]), ...settings].join(' '))
  return address.href
}
