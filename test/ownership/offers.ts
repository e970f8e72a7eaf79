import type { Client, Loose, Result } from '../kit/client.ts'
import { uuidOf } from '../kit/journal.ts'
import { sql } from '../kit/rows.ts'
import type { Member, World } from '../kit/world.ts'

interface Place {
  readonly id: string
}

const shown = `id status expiresAt owner { displayName } newOwner { id displayName } previousOwnerRoles { name }
  viewerCanAccept viewerCanCancel`
const closed = '... on OwnershipTransferClosedError { status }'

/** Offers the ownership, whatever comes of it. */
export function tryToOffer(by: Client, to: Member, { id }: Place, previousOwnerRoleIds?: string[]): Promise<Result> {
  const input = { organizationId: id, newOwnerMembershipId: to.membershipId, previousOwnerRoleIds }
  const selection = `... on TransferOwnershipPayload { ownershipTransfer { ${shown} } } ... on InvalidInputError { issues { path message } }
    ... on OwnershipTransferPendingError { ownershipTransfer { id } } ... on RoleNotAssignableError { roleIds }
    ... on PermissionEscalationError { missing { key } }`
  return by.mutate('transferOwnership', input, selection)
}

/** The id of a new offer; anything else is a failure. */
export async function offer(by: Client, to: Member, place: Place, previousOwnerRoleIds?: string[]): Promise<string> {
  const result = await tryToOffer(by, to, place, previousOwnerRoleIds)
  if (result.__typename !== 'TransferOwnershipPayload') throw new Error(`Not offered: ${JSON.stringify(result)}`)
  return result.ownershipTransfer.id
}

export function acceptOwnership(by: Client, ownershipTransferId: string): Promise<Result> {
  const side = '{ id isOwner roles { name } }'
  const selection = `... on AcceptOwnershipPayload { ownershipTransfer { status } previousOwner ${side} newOwner ${side}
    organization { viewerIsOwner ownershipTransfer { id } } } ${closed}`
  return by.mutate('acceptOwnership', { ownershipTransferId }, selection)
}

export function declineOwnership(by: Client, ownershipTransferId: string): Promise<Result> {
  const selection = `... on DeclineOwnershipPayload { ownershipTransfer { status } } ${closed}`
  return by.mutate('declineOwnership', { ownershipTransferId }, selection)
}

export function cancelOwnership(by: Client, ownershipTransferId: string): Promise<Result> {
  const selection = `... on CancelOwnershipTransferPayload { ownershipTransfer { status } } ${closed}`
  return by.mutate('cancelOwnershipTransfer', { ownershipTransferId }, selection)
}

/** The offer as this caller sees it: by its id, in its organization, and, by id, among the own ones. */
export async function sightsOf(by: Client, id: string, { id: organizationId }: Place): Promise<Loose> {
  const query = `query($id: ID!, $organizationId: ID!) { node(id: $id) { ... on OwnershipTransfer { ${shown} } }
    organization(by: { id: $organizationId }) { ownershipTransfer { id } viewerCanTransferOwnership }
    viewer { ownershipTransfers { id } } }`
  const { node, organization, viewer } = await by.query(query, { id, organizationId })
  return {
    node,
    inOrganization: organization?.ownershipTransfer?.id ?? null,
    own: viewer.ownershipTransfers.map((one: { id: string }) => one.id),
    mayOffer: organization?.viewerCanTransferOwnership ?? null,
  }
}

/** Who are owners, by the ids of their memberships. */
export async function ownersOf({ operator }: World, { id }: Place): Promise<string[]> {
  const query = 'query($id: ID!) { organization(by: { id: $id }) { members(first: 100) { nodes { id isOwner } } } }'
  const { organization } = await operator.query(query, { id })
  return organization.members.nodes
    .filter((member: { isOwner: boolean }) => member.isOwner)
    .map((member: { id: string }) => member.id)
}

/** Lets an offer be overdue from this very moment: a week is longer than a token lives. */
export async function expire(w: World, id: string): Promise<void> {
  await sql(w, 'update ownership_transfer set expires_at = $2 where id = $1', [uuidOf(id), w.clock()])
}
