import * as members from '../auth/membership-policy.ts'
import { builder } from '../graphql/builder.ts'
import { present, required, rolesByIds } from '../graphql/present.ts'
import { OrganizationRef, OwnershipTransferRef, RoleRef, UserRef, ViewerRef } from '../graphql/refs.ts'
import { UserErrorRef } from '../graphql/user-errors.schema.ts'
import { OwnershipTransferClosedError, OwnershipTransferPendingError } from './errors.ts'
import { transferStatusAt } from './ownership-transfer.loaders.ts'

const OwnershipTransferStatus = builder.enumType('OwnershipTransferStatus', {
  description: 'Only PENDING can be left. EXPIRED follows from `expiresAt`; no job has to run for it.',
  values: {
    PENDING: { description: 'It can be accepted, declined and canceled.' },
    ACCEPTED: { description: 'The member became an owner by it.' },
    DECLINED: { description: 'The member did not want to.' },
    CANCELED: { description: 'It was taken back, or one of the two has no say any more.' },
    EXPIRED: { description: 'The member did not answer in time.' },
  } as const,
})

builder.node(OwnershipTransferRef, {
  description: 'An offer of an owner to make another member an owner. Nothing changes until that member accepts.',
  id: { resolve: transfer => transfer.id },
  loadMany: (ids, context) =>
    present(
      ids,
      context.load.ownershipTransferById,
      async row => (await members.seeOwnershipTransfer(context, row)) === null,
    ),
  fields: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'Whose ownership is offered.',
      resolve: (transfer, _args, { load }) => required(load.organizationById.load(transfer.organizationId)),
    }),
    status: t.field({
      type: OwnershipTransferStatus,
      description: 'The state at the moment of reading.',
      resolve: (row, _args, { now }) => transferStatusAt(row, now),
    }),
    owner: t.field({
      type: UserRef,
      nullable: true,
      description: 'Who offers. Null once that account is gone.',
      resolve: ({ ownerId }, _args, { load }) => (ownerId === null ? null : load.principalById.load(ownerId)),
    }),
    newOwner: t.field({
      type: UserRef,
      nullable: true,
      description: 'Who is to become an owner. Null once that account is gone.',
      resolve: ({ newOwnerId }, _args, { load }) => (newOwnerId === null ? null : load.principalById.load(newOwnerId)),
    }),
    previousOwnerRoles: t.field({
      type: [RoleRef],
      nullable: true,
      description:
        'What who offers gets in the place of the owner role, without roles that were deleted meanwhile. Null when they stay an owner.',
      resolve: async (transfer, _args, { load }) => {
        if (transfer.keepsOwnership) return null
        const held = await load.roleIdsByOwnershipTransfer.load(transfer.id)
        return rolesByIds(
          load,
          held.map(row => row.roleId),
        )
      },
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was made.', resolve: row => row.createdAt }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'From this moment on it is EXPIRED, if nobody answered.',
      resolve: row => row.expiresAt,
    }),
    viewerCanAccept: t.boolean({
      description: 'Whether it is pending and offered to the viewer, who may also decline.',
      resolve: async (row, _args, context) =>
        transferStatusAt(row, context.now) === 'PENDING' &&
        (await members.answerOwnershipTransfer(context, row)) === null,
    }),
    viewerCanCancel: t.boolean({
      description: 'Whether it is pending and the viewer may take it back.',
      resolve: async (row, _args, context) =>
        transferStatusAt(row, context.now) === 'PENDING' &&
        (await members.cancelOwnershipTransfer(context, row)) === null,
    }),
  }),
})

builder.objectFields(OrganizationRef, t => ({
  ownershipTransfer: t.field({
    type: OwnershipTransferRef,
    nullable: true,
    description:
      'The pending offer of ownership. Null when there is none, or for who is neither its receiver, nor an owner, nor an operator.',
    resolve: async (organization, _args, context) => {
      const row = await context.load.ownershipTransferByOrganization.load(organization.id)
      if (row === null || transferStatusAt(row, context.now) !== 'PENDING') return null
      return (await members.seeOwnershipTransfer(context, row)) === null ? row : null
    },
  }),
  viewerCanTransferOwnership: t.boolean({
    description: 'Whether the viewer is an owner, who may offer the ownership to another member.',
    resolve: async (organization, _args, context) =>
      (await members.transferOwnership(context, organization.id)) === null,
  }),
}))

builder.objectField(ViewerRef, 'ownershipTransfers', t =>
  t.field({
    type: [OwnershipTransferRef],
    description: 'Pending offers of ownership to the viewer, the latest first; at most 100.',
    resolve: async (viewer, _args, context) => {
      const rows = await context.load.ownershipTransfersByReceiver.load(viewer.id)
      const shown = rows.map(
        async row =>
          transferStatusAt(row, context.now) === 'PENDING' &&
          (await members.answerOwnershipTransfer(context, row)) === null,
      )
      const isShown = await Promise.all(shown)
      return rows.filter((_row, place) => isShown[place])
    },
  }),
)

builder.objectType(OwnershipTransferPendingError, {
  name: 'OwnershipTransferPendingError',
  description: 'An offer of ownership is pending already: an organization has one at a time.',
  interfaces: [UserErrorRef],
  fields: t => ({
    ownershipTransfer: t.field({
      type: OwnershipTransferRef,
      description: 'The offer that is there.',
      resolve: (error, _args, { load }) => required(load.ownershipTransferById.load(error.ownershipTransferId)),
    }),
  }),
})
builder.objectType(OwnershipTransferClosedError, {
  name: 'OwnershipTransferClosedError',
  description: 'The offer of ownership is no longer pending.',
  interfaces: [UserErrorRef],
  fields: t => ({
    status: t.field({
      type: OwnershipTransferStatus,
      description: 'What it is instead.',
      resolve: error => error.status,
    }),
  }),
})
