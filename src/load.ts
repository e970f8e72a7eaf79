import { auditLoaders } from './audit/audit-event.loaders.ts'
import type { Actor } from './auth/actor.ts'
import type { Config } from './config.ts'
import { createPager } from './db/page.ts'
import type { Db } from './db/statement.ts'
import { invitationLoaders } from './invitations/invitation.loaders.ts'
import { managementLoaders } from './management/management.loaders.ts'
import { membershipLoaders } from './members/membership.loaders.ts'
import { organizationLoaders } from './organizations/organization.loaders.ts'
import { previewLoaders } from './roles/preview.loaders.ts'
import { roleLoaders } from './roles/role.loaders.ts'
import { principalLoaders } from './users/principal.loaders.ts'

/** Every batched read. Made per request, and anew inside and after each mutation: nothing outlives what it was read under. */
export function createLoaders(db: Db, actor: Actor, config: Config) {
  const roles = roleLoaders(db)
  return {
    ...createPager(db),
    ...organizationLoaders(db, actor, roles.templateRoles),
    ...membershipLoaders(db),
    ...roles,
    ...previewLoaders(db),
    ...invitationLoaders(db),
    ...principalLoaders(db, actor),
    ...managementLoaders(db, config.operators),
    ...auditLoaders(db),
  }
}
export type Loaders = ReturnType<typeof createLoaders>

/** What every rule and read is asked with: who asks, and how to find out. */
export interface Ask {
  readonly actor: Actor
  readonly load: Loaders
  readonly now: Date
  readonly config: Config
}
