import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql'

/** An offer of an owner to make another member an owner. */
export const OwnershipTransfer = defineEntity({
  name: 'OwnershipTransfer',
  tableName: 'ownership_transfer',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    status: p.text().$type<OwnershipTransferStatus>(),
    ownerId: p.uuid().nullable(),
    newOwnerId: p.uuid().nullable(),
    keepsOwnership: p.boolean(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
    closedAt: p.datetime(3).nullable(),
  },
})
export type OwnershipTransfer = InferEntity<typeof OwnershipTransfer>

export type OwnershipTransferStatus = 'PENDING' | 'ACCEPTED' | 'DECLINED' | 'CANCELED' | 'EXPIRED'

/** What takes the place of the owner role of who offers. */
export const OwnershipTransferRole = defineEntity({
  name: 'OwnershipTransferRole',
  tableName: 'ownership_transfer_role',
  properties: {
    organizationId: p.uuid().primary(),
    transferId: p.uuid().primary(),
    roleId: p.uuid().primary().generated('coalesce(template_role_id, custom_role_id) stored'),
    kind: p.text().default('USER'),
    templateRoleId: p.uuid().nullable(),
    customRoleId: p.uuid().nullable(),
  },
})
