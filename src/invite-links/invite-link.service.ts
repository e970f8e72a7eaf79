import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError, RoleNotAssignableError } from '../errors.ts'
import { newId } from '../ids.ts'
import { defaultExpiry, expiryIssues } from '../invitations/draft.ts'
import { assignableRoles, refuseEscalation } from '../roles/assignable.ts'
import { mintToken } from '../secret-token.ts'
import { InviteLinkClosedError } from './errors.ts'
import { type InviteLinkRow, statusAt } from './invite-link.loaders.ts'
import { recordRevocation } from './revoke.ts'

export interface CreateInviteLink {
  organizationId: string
  label: string
  roleIds?: readonly string[] | null | undefined
  maxUses?: number | null | undefined
  expiresAt?: Date | null | undefined
  allowedEmailDomains?: readonly string[] | null | undefined
}

const insert = statement(
  'insert_invite_link',
  `insert into invite_link (organization_id, id, label, token_hash, max_uses, allowed_email_domains, created_by, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
)
const offer = statement(
  'offer_roles_by_link',
  `insert into invite_link_role (organization_id, invite_link_id, template_role_id, custom_role_id)
   select $1, $2, case when r.organization_id is null then r.id end, case when r.organization_id is not null then r.id end
   from organization_role r where r.id = any($3::uuid[])`,
)
const revoke = statement(
  'revoke_invite_link',
  `update invite_link set revoked_at = $3 where organization_id = $1 and id = $2
   and revoked_at is null and expires_at > $3 and (max_uses is null or uses < max_uses) returning id`,
)

/**
 * Makes a link that lets in whoever has its token (LNK-1). The token is in the outcome, once; only its hash is kept.
 * @throws InvalidInputError, RoleNotAssignableError (the owner role too), PermissionEscalationError
 */
export async function createInviteLink(tx: Tx, input: CreateInviteLink) {
  const { organizationId, label } = input
  const [maxUses, domains] = [input.maxUses ?? null, input.allowedEmailDomains ?? []]
  const expiresAt = input.expiresAt ?? defaultExpiry(tx)
  const issues = expiryIssues(tx, expiresAt, ['input'])
  if (issues.length > 0) throw new InvalidInputError(issues)
  const roles = await assignableRoles(tx, organizationId, 'USER', input.roleIds ?? (await defaultRoleIds(tx)))
  const owners = roles.filter(role => role.isOwner)
  if (owners.length > 0) throw new RoleNotAssignableError(owners.map(role => role.id))
  await refuseEscalation(tx, organizationId, roles)

  const id = newId(tx.now)
  const roleIds = roles.map(role => role.id)
  const { token, hash } = mintToken()
  await tx.rows(insert, [organizationId, id, label, hash, maxUses, domains, tx.actorId, tx.now, expiresAt])
  if (roleIds.length > 0) await tx.rows(offer, [organizationId, id, roleIds])
  const changes = [
    { field: 'roles', before: null, after: roles.map(role => role.name).join(', ') },
    { field: 'maxUses', before: null, after: maxUses === null ? null : String(maxUses) },
    { field: 'expiresAt', before: null, after: expiresAt.toISOString() },
    ...(domains.length === 0 ? [] : [{ field: 'allowedEmailDomains', before: null, after: domains.join(', ') }]),
  ]
  tx.record({ organizationId, action: 'INVITE_LINK_CREATED', target: { type: 'InviteLink', id, label }, changes })
  tx.emit(organizationId, 'INVITE_LINK_CREATED', { organizationId, inviteLinkId: id, roleIds })
  return { inviteLinkId: id, token }
}

async function defaultRoleIds(tx: Tx): Promise<string[]> {
  return (await tx.load.templateRoles()).filter(role => role.isDefault).map(role => role.id)
}

/** Closes a link for good; who came in by it stays. */
export async function revokeInviteLink(tx: Tx, link: InviteLinkRow) {
  const { organizationId, id } = link
  const status = statusAt(link, tx.now)
  if (status !== 'ACTIVE') throw new InviteLinkClosedError(status)
  await tx.rows(revoke, [organizationId, id, tx.now])
  recordRevocation(tx, link, null)
  return { inviteLinkId: id }
}
