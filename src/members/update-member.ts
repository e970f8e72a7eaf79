import { changesOf } from '../audit/changes.ts'
import { type CustomDataChange, nextData } from '../custom-data.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import type { JsonObject } from '../organizations/organization.entity.ts'
import type { MembershipRow } from './membership.loaders.ts'

export interface UpdateMember {
  customData?: CustomDataChange | null | undefined
}

const write = statement(
  'write_member_data',
  'update membership set custom_data = $3 where organization_id = $1 and id = $2',
)

/** Changes what the product keeps of a member; what the input leaves out stays (ORG-2, ORG-5). */
export async function updateMember(tx: Tx, input: UpdateMember, membership: MembershipRow) {
  const { organizationId, id, principalId } = membership
  const before: JsonObject = (await tx.load.membershipDataById.load(id))?.customData ?? {}
  const customData = input.customData == null ? before : nextData(before, input.customData)
  const changes = changesOf({ customData: before }, { customData })
  if (changes.length === 0) return { membershipId: id }
  await tx.rows(write, [organizationId, id, JSON.stringify(customData)])
  const label = (await tx.load.principalById.load(principalId))?.displayName ?? ''
  tx.record({ organizationId, action: 'MEMBER_UPDATED', target: { type: 'Membership', id, label }, changes })
  tx.emit(organizationId, 'MEMBER_UPDATED', { organizationId, membershipId: id, principalId, fields: ['customData'] })
  return { membershipId: id }
}
