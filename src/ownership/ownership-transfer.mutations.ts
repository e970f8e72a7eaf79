import * as members from '../auth/membership-policy.ts'
import { notFound } from '../auth/policy.ts'
import type { Context } from '../context.ts'
import { InvalidInputError, PermissionEscalationError, RoleNotAssignableError } from '../errors.ts'
import { findOrganization } from '../graphql/guards.ts'
import { idOf, idsOf } from '../graphql/ids.ts'
import { type Guard, mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { MembershipRef, OrganizationRef, OwnershipTransferRef } from '../graphql/refs.ts'
import type { Ask } from '../load.ts'
import { acceptOwnership, cancelOwnershipTransfer, declineOwnership } from './answer.ts'
import { OwnershipTransferClosedError, OwnershipTransferPendingError } from './errors.ts'
import type { OwnershipTransferRow } from './ownership-transfer.loaders.ts'
import { transferOwnership } from './ownership-transfer.service.ts'

type OfTransfer = Guard<{ ownershipTransferId: string }, OwnershipTransferRow>
const ofTransfer = (rule: OfTransfer['rule']): OfTransfer => ({
  noun: 'offer of ownership',
  find: (ask, { ownershipTransferId }) => ask.load.ownershipTransferById.load(ownershipTransferId),
  rule,
})
const transfer = (outcome: { ownershipTransferId: string }, _args: object, { load }: Context) =>
  required(load.ownershipTransferById.load(outcome.ownershipTransferId))
const ownershipTransferId = { ...idOf('OwnershipTransfer'), required: true as const, description: 'Which offer.' }

mutation('transferOwnership', {
  description:
    'Offers the ownership of an organization to another member, who accepts it or not; one offer at a time. For owners.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Of which organization.' }),
    newOwnerMembershipId: t.field({
      ...idOf('Membership'),
      required: true,
      description: 'To whom: another active member of it, a user, who is no owner.',
    }),
    previousOwnerRoleIds: t.field({
      ...idsOf('OrganizationRole'),
      description:
        'USER roles that the viewer gets in the place of the owner role, once accepted, beside the others held; at most 100. Empty: none. Absent or null: the viewer stays an owner.',
    }),
  }),
}).does({
  guard: {
    noun: 'organization or membership',
    find: findOrganization,
    rule: async (ask: Ask, { organizationId }: { organizationId: string }, input) => {
      const refused = await members.transferOwnership(ask, organizationId)
      if (refused !== null) return refused
      const member = await ask.load.membershipById.load(input.newOwnerMembershipId)
      return member?.organizationId === organizationId ? null : notFound('membership')
    },
  },
  errors: [InvalidInputError, OwnershipTransferPendingError, RoleNotAssignableError, PermissionEscalationError],
  run: transferOwnership,
  payload: t => ({
    ownershipTransfer: t.field({ type: OwnershipTransferRef, description: 'The new offer.', resolve: transfer }),
  }),
})

mutation('acceptOwnership', {
  description:
    'Accepts an offer of ownership: the viewer becomes an owner, and who offered gives the owner role away where the offer says so.',
  input: t => ({ ownershipTransferId: t.field(ownershipTransferId) }),
}).does({
  guard: ofTransfer(members.answerOwnershipTransfer),
  errors: [OwnershipTransferClosedError],
  run: (tx, _input, target) => acceptOwnership(tx, target),
  payload: t => ({
    ownershipTransfer: t.field({
      type: OwnershipTransferRef,
      description: 'The offer as it is now.',
      resolve: transfer,
    }),
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization.',
      resolve: ({ organizationId }, _args, { load }) => required(load.organizationById.load(organizationId)),
    }),
    previousOwner: t.field({
      type: MembershipRef,
      description: 'The membership of who offered, as it is now.',
      resolve: ({ previousOwnerMembershipId }, _args, { load }) =>
        required(load.membershipById.load(previousOwnerMembershipId)),
    }),
    newOwner: t.field({
      type: MembershipRef,
      description: "The viewer's membership, as it is now.",
      resolve: ({ newOwnerMembershipId }, _args, { load }) => required(load.membershipById.load(newOwnerMembershipId)),
    }),
  }),
})

mutation('declineOwnership', {
  description: 'Declines an offer of ownership.',
  input: t => ({ ownershipTransferId: t.field(ownershipTransferId) }),
}).does({
  guard: ofTransfer(members.answerOwnershipTransfer),
  errors: [OwnershipTransferClosedError],
  run: (tx, _input, target) => declineOwnership(tx, target),
  payload: t => ({
    ownershipTransfer: t.field({
      type: OwnershipTransferRef,
      description: 'The offer as it is now.',
      resolve: transfer,
    }),
  }),
})

mutation('cancelOwnershipTransfer', {
  description:
    'Takes a pending offer of ownership back. For every owner, and for operators with `organizations:write`.',
  input: t => ({ ownershipTransferId: t.field(ownershipTransferId) }),
}).does({
  guard: ofTransfer(members.cancelOwnershipTransfer),
  errors: [OwnershipTransferClosedError],
  run: (tx, _input, target) => cancelOwnershipTransfer(tx, target),
  payload: t => ({
    ownershipTransfer: t.field({
      type: OwnershipTransferRef,
      description: 'The offer as it is now.',
      resolve: transfer,
    }),
  }),
})
