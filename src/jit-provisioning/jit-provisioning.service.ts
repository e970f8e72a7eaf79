import { changesOf } from '../audit/changes.ts'
import { missingToGrant, notFound } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import type { EmailDomainRow } from '../email-domains/email-domain.loaders.ts'
import { DomainNotVerifiedError } from '../email-domains/errors.ts'
import { dnsRecordOf } from '../email-domains/proof.ts'
import { InvalidInputError, PermissionEscalationError } from '../errors.ts'
import { assignableRoles } from '../roles/assignable.ts'
import { beyondCeiling } from './ceiling.ts'
import { JitCeilingExceededError } from './errors.ts'
import type { JitJoining } from './jit-provisioning.entity.ts'
import { noProvisioning } from './jit-provisioning.loaders.ts'
import { rolesOf } from './provision.ts'

export interface UpdateJitProvisioning {
  organizationId: string
  isEnabled?: boolean | null | undefined
  domainJoining?: JitJoining | null | undefined
  emailDomainIds?: readonly string[] | null | undefined
  connectorJoining?: JitJoining | null | undefined
  ssoConnectorIds?: readonly string[] | null | undefined
  roleIds?: readonly string[] | null | undefined
}
export interface SetJitCeiling {
  organizationId: string
  permissionIds?: readonly string[] | null | undefined
}

const upsert = statement(
  'set_jit_provisioning',
  `insert into jit_provisioning (organization_id, is_enabled, domain_joining, connector_joining) values ($1, $2, $3, $4)
   on conflict (organization_id) do update set is_enabled = excluded.is_enabled, domain_joining = excluded.domain_joining,
     connector_joining = excluded.connector_joining`,
)
const setDomains = statement(
  'set_jit_domains',
  `update email_domain set provisions = not provisions
   where organization_id = $1 and provisions <> (id = any($2::uuid[]))`,
)
const setConnectors = statement(
  'set_jit_connectors',
  `update sso_connector_use set provisions = not provisions
   where organization_id = $1 and provisions <> (connector_id = any($2::uuid[]))`,
)
const clearRoles = statement(
  'clear_jit_roles',
  'delete from jit_provisioning_role where organization_id = $1 and role_id <> all ($2::uuid[])',
)
const addRoles = statement(
  'add_jit_roles',
  `insert into jit_provisioning_role (organization_id, template_role_id, custom_role_id)
   select $1, template_role_id, custom_role_id from unnest($2::uuid[], $3::uuid[]) as given (template_role_id, custom_role_id)
   on conflict do nothing`,
)
const setCeiling = statement(
  'set_jit_ceiling',
  `insert into jit_provisioning (organization_id, ceiling) values ($1, $2)
   on conflict (organization_id) do update set ceiling = excluded.ceiling`,
)

/**
 * Says who becomes a member by signing in; what is absent stays. Whoever leaves it switched on, or names roles, gives what
 * it gives from then on, and so has to hold all of that (ROL-3).
 * @throws DomainNotVerifiedError, RoleNotAssignableError, PermissionEscalationError, JitCeilingExceededError
 */
export async function updateJitProvisioning(tx: Tx, input: UpdateJitProvisioning) {
  const { organizationId } = input
  const claims = await tx.load.emailDomainsByOrganization.load(organizationId)
  const domains = input.emailDomainIds == null ? null : provedOf(claims, input.emailDomainIds)
  const connectors = await namedConnectors(tx, organizationId, input.ssoConnectorIds)
  const roles = input.roleIds == null ? null : await assignableRoles(tx, organizationId, 'USER', input.roleIds)
  const was = (await tx.load.jitProvisioningByOrganization.load(organizationId)) ?? noProvisioning(organizationId)
  const isEnabled = input.isEnabled ?? was.isEnabled
  const domainJoining = input.domainJoining ?? was.domainJoining
  const connectorJoining = input.connectorJoining ?? was.connectorJoining
  const before = await rolesNamed(tx, organizationId)
  if (isEnabled || roles !== null) {
    const named = roles?.map(role => role.id) ?? []
    const given = named.length > 0 ? named : await givenOf(tx, organizationId, roles !== null)
    const missing = await missingToGrant(tx, organizationId, given)
    if (missing.length > 0) throw new PermissionEscalationError(missing)
    const beyond = await beyondCeiling(tx, was.ceiling, given)
    if (beyond.length > 0) throw new JitCeilingExceededError(beyond)
  }

  const changes = changesOf(
    {
      ...{ isEnabled: was.isEnabled, domainJoining: was.domainJoining, connectorJoining: was.connectorJoining },
      ...{ emailDomains: namesOf(claims.filter(one => one.provisions)), roles: before, connectors: connectors.before },
    },
    {
      ...{ isEnabled, domainJoining, connectorJoining },
      ...(connectors.after !== null && { connectors: connectors.after }),
      ...(domains !== null && { emailDomains: namesOf(domains) }),
      ...(roles !== null && { roles: roles.map(role => role.name).toSorted() }),
    },
  )
  if (changes.length === 0) return { organizationId }
  await tx.rows(upsert, [organizationId, isEnabled, domainJoining, connectorJoining])
  if (domains !== null) await tx.rows(setDomains, [organizationId, domains.map(one => one.id)])
  if (connectors.after !== null) await tx.rows(setConnectors, [organizationId, input.ssoConnectorIds])
  if (roles !== null) {
    await tx.rows(clearRoles, [organizationId, roles.map(role => role.id)])
    const template = roles.map(role => (role.organizationId === null ? role.id : null))
    const custom = roles.map(role => (role.organizationId === null ? null : role.id))
    await tx.rows(addRoles, [organizationId, template, custom])
  }
  await note(tx, 'JIT_PROVISIONING_UPDATED', organizationId, changes)
  return { organizationId }
}

/**
 * Says what just-in-time provisioning may give there at most. Roles beyond it stay named, and are not given (JIT-7).
 * @throws InvalidInputError for a permission that is not there
 */
export async function setJitCeiling(tx: Tx, { organizationId, permissionIds }: SetJitCeiling) {
  const wanted = permissionIds == null ? null : [...new Set(permissionIds)]
  const was = (await tx.load.jitProvisioningByOrganization.load(organizationId))?.ceiling ?? null
  const keys = wanted === null ? null : await keysOf(tx, wanted)
  const unknown = keys?.indexOf(null) ?? -1
  if (unknown !== -1)
    throw new InvalidInputError([
      { path: ['input', 'permissionIds', String(unknown)], message: 'There is no such permission.' },
    ])
  const shown = was === null ? null : (await keysOf(tx, was)).filter(key => key !== null).toSorted()
  const changes = changesOf({ permissions: shown }, { permissions: keys?.toSorted() ?? null })
  if (changes.length === 0) return { organizationId }
  await tx.rows(setCeiling, [organizationId, wanted])
  await note(tx, 'JIT_CEILING_UPDATED', organizationId, changes)
  return { organizationId }
}

function provedOf(claims: readonly EmailDomainRow[], ids: readonly string[]): EmailDomainRow[] {
  return [...new Set(ids)].map(id => {
    const claim = claims.find(one => one.id === id)
    if (claim === undefined) throw notFound('email domain')
    if (claim.status !== 'VERIFIED') throw new DomainNotVerifiedError(dnsRecordOf(claim), 'NOT_ASKED')
    return claim
  })
}

/** The connectors that count, by name: as it is, and as it is to be; null where that stays. */
async function namedConnectors(tx: Tx, organizationId: string, ids: readonly string[] | null | undefined) {
  const [uses, rows] = await Promise.all([
    tx.load.ssoUsesByOrganization.load(organizationId),
    tx.load.ssoConnectorsByOrganization.load(organizationId),
  ])
  const nameOf = (id: string) => rows.find(row => row.id === id)?.name
  const before = uses.filter(use => use.provisions).flatMap(use => nameOf(use.connectorId) ?? [])
  if (ids == null) return { before: before.toSorted(), after: null }
  const after = [...new Set(ids)].map(id => {
    const name = nameOf(id)
    if (name === undefined) throw notFound('connector')
    return name
  })
  return { before: before.toSorted(), after: after.toSorted() }
}

/** What would be given: the roles that stand there, or the default role where none are named any more. */
async function givenOf(tx: Tx, organizationId: string, isCleared: boolean): Promise<readonly string[]> {
  if (!isCleared) return (await rolesOf(tx, [organizationId]))[0] ?? []
  return (await tx.load.templateRoles()).filter(role => role.isDefault).map(role => role.id)
}

async function rolesNamed({ load }: Tx, organizationId: string): Promise<string[]> {
  const rows = await load.roleIdsByJitProvisioning.load(organizationId)
  const roles = await Promise.all(rows.map(row => load.roleById.load(row.roleId)))
  return roles.flatMap(role => (role === null ? [] : [role.name])).toSorted()
}

const namesOf = (claims: readonly EmailDomainRow[]) => claims.map(one => one.domain).toSorted()

async function keysOf({ load }: Tx, ids: readonly string[]): Promise<(string | null)[]> {
  return (await Promise.all(ids.map(id => load.permissionById.load(id)))).map(row => row?.key ?? null)
}

async function note(
  tx: Tx,
  action: 'JIT_PROVISIONING_UPDATED' | 'JIT_CEILING_UPDATED',
  organizationId: string,
  changes: ReturnType<typeof changesOf>,
): Promise<void> {
  const label = (await tx.load.organizationById.load(organizationId))?.name ?? ''
  tx.record({ organizationId, action, target: { type: 'Organization', id: organizationId, label }, changes })
  tx.emit(organizationId, action, { organizationId })
}
