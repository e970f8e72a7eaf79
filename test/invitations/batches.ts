import type { Client, Loose, Result } from '../kit/client.ts'

export interface Item {
  email: string
  roleIds?: string[] | null
  expiresAt?: string | null
}

const selection = `... on InvalidInputError { issues { path message } } ... on InviteMembersPayload { results { __typename
  ... on Invitation { id email status roles { name } }
  ... on UserError { message }
  ... on InvalidInputError { issues { path message } }
  ... on EmailDomainBlockedError { domain }
  ... on AlreadyMemberError { membership { id } }
  ... on AlreadyInvitedError { invitation { id } }
  ... on RoleNotAssignableError { roleIds }
  ... on PermissionEscalationError { missing { key } } } }`

/** Invites many at once, whatever comes of it. */
export function tryToInviteMany(by: Client, to: { id: string }, invitations: Item[], key?: string): Promise<Result> {
  const input = { organizationId: to.id, invitations, ...(key !== undefined && { idempotencyKey: key }) }
  return by.mutate('inviteMembers', input, selection)
}

/** What came of each. */
export async function inviteMany(by: Client, to: { id: string }, invitations: Item[], key?: string): Promise<Loose[]> {
  const result = await tryToInviteMany(by, to, invitations, key)
  if (result.__typename !== 'InviteMembersPayload') throw new Error(`Not invited: ${JSON.stringify(result)}`)
  return result.results
}

/** So many addresses that nobody has. */
export const addresses = (count: number, tag: string = crypto.randomUUID().slice(0, 8)): Item[] =>
  Array.from({ length: count }, (_, index) => ({ email: `p${index}.${tag}@people.test` }))

export const typesOf = (results: Loose[]): string[] => results.map(result => result.__typename)
