import { manyBy, oneBy } from '../db/loaders.ts'
import { type Db, type Instant, statement } from '../db/statement.ts'
import type { JitJoining } from './jit-provisioning.entity.ts'

export interface JitProvisioningRow {
  readonly organizationId: string
  readonly isEnabled: boolean
  readonly domainJoining: JitJoining
  readonly connectorJoining: JitJoining
  /** The ids of the permissions that it may give at most; null: the default. */
  readonly ceiling: readonly string[] | null
}

/** Those who signed in while no seat was free, and still are no members. */
interface SkippedRow {
  readonly organizationId: string
  readonly count: number
  readonly lastAt: Instant
}

/** An organization that the viewer may come to by an address of theirs. */
export interface SuggestionRow {
  readonly organizationId: string
  readonly slug: string
  readonly name: string
  readonly logoUrl: string | null
  readonly joining: JitJoining
  readonly isFull: boolean
  readonly hasAsked: boolean
}

const settings = statement(
  'jit_provisioning_by_organization',
  `select organization_id as "organizationId", is_enabled as "isEnabled", domain_joining as "domainJoining",
     connector_joining as "connectorJoining", ceiling from jit_provisioning where organization_id = any($1::uuid[])`,
)
const roles = statement(
  'jit_provisioning_roles',
  `select organization_id as "organizationId", role_id as "roleId" from jit_provisioning_role
   where organization_id = any($1::uuid[]) order by role_id`,
)
const skipped = statement(
  'jit_provisioning_skipped',
  `select e.organization_id as "organizationId", count(distinct e.target_id)::int as count, max(e.occurred_at) as "lastAt"
   from audit_event e join principal p on p.id = e.target_id
   where e.organization_id = any($1::uuid[]) and e.action = 'JIT_PROVISIONING_SKIPPED'
     and not exists (select from membership m where m.organization_id = e.organization_id and m.principal_id = p.id)
   group by e.organization_id`,
)
const suggestions = statement(
  'suggested_organizations',
  `select organization_id as "organizationId", slug, name, logo_url as "logoUrl", joining, is_full as "isFull", has_asked as "hasAsked"
   from tenantry_suggested_organizations($1)`,
)

export function jitProvisioningLoaders(db: Db, now: Date) {
  let suggested: Promise<SuggestionRow[]> | undefined
  return {
    /** Null where nobody has said anything. */
    jitProvisioningByOrganization: oneBy<JitProvisioningRow>(db, settings, row => row.organizationId),
    roleIdsByJitProvisioning: manyBy<{ organizationId: string; roleId: string }>(db, roles, row => row.organizationId),
    jitSkippedByOrganization: oneBy<SkippedRow>(db, skipped, row => row.organizationId),
    /** What the viewer may come to, full ones too. */
    suggestedOrganizations: () => (suggested ??= db.rows<SuggestionRow>(suggestions, [now])),
  }
}

/** What an organization says that said nothing. */
export function noProvisioning(organizationId: string): JitProvisioningRow {
  return { organizationId, isEnabled: false, domainJoining: 'JOIN', connectorJoining: 'JOIN', ceiling: null }
}
