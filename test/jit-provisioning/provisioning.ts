import { randomUUID } from 'node:crypto'
import { newDomain, proved, type withDns } from '../email-domains/domains.ts'
import type { Client, Loose, Result } from '../kit/client.ts'
import { uuidOf } from '../kit/journal.ts'
import { sql } from '../kit/rows.ts'
import type { Person, World } from '../kit/world.ts'

type Place = { readonly id: string }
type DnsWorld = Awaited<ReturnType<typeof withDns>>

const settings = `isEnabled domainJoining emailDomains { id domain status } roles { name } permissionCeiling { key } isCeilingDefault
  skippedForSeatsCount lastSkippedAt viewerCanUpdate viewerCanSetCeiling`

/** Says who becomes a member by signing in, whatever comes of it. */
export function provisions(by: Client, { id }: Place, input: object): Promise<Result> {
  const selection = `... on UpdateJitProvisioningPayload { organization { jitProvisioning { ${settings} } } }
    ... on DomainNotVerifiedError { expected { name value } found } ... on RoleNotAssignableError { roleIds }
    ... on PermissionEscalationError { missing { key } } ... on JitCeilingExceededError { beyond { key } }`
  return by.mutate('updateJitProvisioning', { organizationId: id, ...input }, selection)
}

export const provisioningOf = async (by: Client, { id }: Place): Promise<Loose | null> =>
  (await by.query(`query($id: ID!) { organization(by: { id: $id }) { jitProvisioning { ${settings} } } }`, { id }))
    .organization.jitProvisioning

/** Has whoever comes with an address of a new domain in, or lets them ask; the domain. */
export async function opened(w: DnsWorld, input: object = {}, place: Place = w.acme, by: Client = w.owner) {
  const claim = await proved(w, by, place, newDomain())
  const result = await provisions(by, place, { isEnabled: true, emailDomainIds: [claim.id], ...input })
  if (result.__typename !== 'UpdateJitProvisioningPayload') throw new Error(`Not opened: ${JSON.stringify(result)}`)
  return claim
}

/** Somebody with an address there who has not signed in yet. */
export const colleague = (w: World, { domain }: Loose): Promise<Person> =>
  w.person(`c-${randomUUID().slice(0, 8)}@${domain.replace('*', 'eu')}`)

/** Signs in, for the first time or again, and says where they are a member. */
export async function membershipsOf(by: Client): Promise<Loose[]> {
  const query = '{ viewer { memberships { nodes { id origin addedBy { id } roles { name } organization { id } } } } }'
  return (await by.query(query)).viewer.memberships.nodes
}

export async function suggestionsOf(by: Client): Promise<Loose[]> {
  return (await by.query('{ viewer { suggestedOrganizations { slug name logoUrl joining } } }')).viewer
    .suggestedOrganizations
}

export function accept(by: Client, { slug }: { readonly slug: string }): Promise<Result> {
  const selection = `... on JoinSuggestedOrganizationPayload { membership { id origin roles { name } } }
    ... on AlreadyMemberError { membership { id } } ... on SeatLimitReachedError { seatLimit }`
  return by.mutate('joinSuggestedOrganization', { slug }, selection)
}

/** What the table says of a membership's domain. */
export async function broughtBy(w: World, { id }: Loose): Promise<string | null | undefined> {
  const query = 'select email_domain as domain from membership where id = $1'
  return (await sql<{ domain: string | null }>(w, query, [uuidOf(id)]))[0]?.domain
}
