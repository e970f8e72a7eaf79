import { manyBy, oneBy } from '../db/loaders.ts'
import { type Db, dateOf, type Instant, statement } from '../db/statement.ts'
import type { RoleIdRow } from '../members/membership.loaders.ts'
import type { OwnershipTransferStatus } from './ownership-transfer.entity.ts'

export interface OwnershipTransferRow {
  readonly organizationId: string
  readonly id: string
  readonly status: OwnershipTransferStatus
  readonly ownerId: string | null
  readonly newOwnerId: string | null
  readonly keepsOwnership: boolean
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

const columns = `t.organization_id as "organizationId", t.id, t.status, t.owner_id as "ownerId", t.new_owner_id as "newOwnerId",
  t.keeps_ownership as "keepsOwnership", t.created_at as "createdAt", t.expires_at as "expiresAt"`

const byId = statement(
  'ownership_transfer_by_id',
  `select ${columns} from ownership_transfer t where t.id = any($1::uuid[])`,
)
const pending = statement(
  'pending_ownership_transfer',
  `select ${columns} from ownership_transfer t where t.organization_id = any($1::uuid[]) and t.status = 'PENDING'`,
)
// Of the latest hundred that nobody has closed; those that are overdue are sorted out by who reads.
const toPrincipal = statement(
  'ownership_transfers_to',
  `select ${columns} from unnest($1::uuid[]) as receiver (id) cross join lateral (
     select * from ownership_transfer o where o.new_owner_id = receiver.id and o.status = 'PENDING'
     order by o.created_at desc, o.id desc limit 100) t`,
)
const roleIds = statement(
  'role_ids_by_ownership_transfer',
  `select r.transfer_id as "ownerId", r.role_id as "roleId"
   from ownership_transfer t
   join ownership_transfer_role r on r.organization_id = t.organization_id and r.transfer_id = t.id
   where t.id = any($1::uuid[]) order by r.role_id`,
)

export function ownershipTransferLoaders(db: Db) {
  return {
    /** In the viewer's organizations; whether the viewer may see it there is for the policy to say. */
    ownershipTransferById: oneBy<OwnershipTransferRow>(db, byId, row => row.id),
    /** The one that nobody has closed; it may be overdue. */
    ownershipTransferByOrganization: oneBy<OwnershipTransferRow>(db, pending, row => row.organizationId),
    /** Those that nobody has closed, to one principal, the latest first; they may be overdue. At most 100. */
    ownershipTransfersByReceiver: manyBy<OwnershipTransferRow>(db, toPrincipal, row => row.newOwnerId ?? ''),
    roleIdsByOwnershipTransfer: manyBy<RoleIdRow>(db, roleIds, row => row.ownerId),
  }
}

/** The status at this moment: a pending offer that is overdue has expired, though nobody has written it yet. */
export function transferStatusAt(
  { status, expiresAt }: Pick<OwnershipTransferRow, 'status' | 'expiresAt'>,
  now: Date,
): OwnershipTransferStatus {
  return status === 'PENDING' && dateOf(expiresAt) <= now ? 'EXPIRED' : status
}
