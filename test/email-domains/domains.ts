import { randomUUID } from 'node:crypto'
import type { Client, Loose, Result } from '../kit/client.ts'
import { dnsServer, type TestDns } from '../kit/dns.ts'
import { uuidOf } from '../kit/journal.ts'
import { sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'

type Place = { readonly id: string }

/** A domain that no other test has. */
export const newDomain = () => `d-${randomUUID().slice(0, 13)}.com`

const shown = 'id domain status isVouchedFor verifiedAt lastCheckedAt dnsRecord { name value } viewerCanManage'

/** A deployment that asks a DNS server of the test. */
export async function withDns(options: Parameters<typeof world>[0] = {}): Promise<World & { dns: TestDns }> {
  const dns = await dnsServer()
  return { ...(await world({ ...options, resolver: dns.resolver })), dns }
}

/** Claims a domain, whatever comes of it. */
export function tryToClaim(by: Client, { id }: Place, domain: string): Promise<Result> {
  const selection = `... on AddEmailDomainPayload { emailDomain { ${shown} } } ... on InvalidInputError { issues { path message } }
    ... on DomainAlreadyClaimedError { emailDomain { id } } ... on DomainLimitReachedError { limit }`
  return by.mutate('addEmailDomain', { organizationId: id, domain }, selection)
}

/** A new claim; anything else is a failure. */
export async function claim(by: Client, place: Place, domain = newDomain()): Promise<Loose> {
  const result = await tryToClaim(by, place, domain)
  if (result.__typename !== 'AddEmailDomainPayload') throw new Error(`Not claimed: ${JSON.stringify(result)}`)
  return result.emailDomain
}

/** Puts the record of a claim into the DNS, beside what is there. */
export function publish({ records }: TestDns, { dnsRecord }: Loose): void {
  records.set(dnsRecord.name, [...(records.get(dnsRecord.name) ?? []), [dnsRecord.value]])
}

export function verify(by: Client, { id }: Loose): Promise<Result> {
  const selection = `... on VerifyEmailDomainPayload { emailDomain { ${shown} } }
    ... on DomainNotVerifiedError { expected { name value } found }`
  return by.mutate('verifyEmailDomain', { emailDomainId: id }, selection)
}

/** A domain that is proved; anything else is a failure. */
export async function proved(w: World & { dns: TestDns }, by: Client, place: Place, domain?: string): Promise<Loose> {
  const made = await claim(by, place, domain)
  publish(w.dns, made)
  const result = await verify(by, made)
  if (result.emailDomain?.status !== 'VERIFIED') throw new Error(`Not proved: ${JSON.stringify(result)}`)
  return result.emailDomain
}

export function vouch(by: Client, { id }: Loose, takesOver?: boolean): Promise<Result> {
  const selection = `... on SetEmailDomainVerifiedPayload { emailDomain { ${shown} } }`
  return by.mutate('setEmailDomainVerified', { emailDomainId: id, takesOver }, selection)
}

export const remove = (by: Client, { id }: Loose): Promise<Result> =>
  by.mutate(
    'removeEmailDomain',
    { emailDomainId: id },
    '... on RemoveEmailDomainPayload { removedEmailDomainId organization { emailDomains { id } } }',
  )

/** The domains of an organization as this caller sees them; null without `domain:read`. */
export async function domainsOf(by: Client, { id }: Place): Promise<Loose[] | null> {
  const query = `query($id: ID!) { organization(by: { id: $id }) { emailDomains { ${shown} } } }`
  return (await by.query(query, { id })).organization.emailDomains
}

export async function statusOf(by: Client, { id }: Loose): Promise<string | undefined> {
  return (await by.query('query($id: ID!) { node(id: $id) { ... on EmailDomain { status } } }', { id })).node?.status
}

/** What the table says of a claim: tokens do not outlive a clock that moves by days. */
export async function kept(w: Pick<World, 'databaseUrl'>, { id }: Loose): Promise<string | undefined> {
  const [row] = await sql<{ status: string }>(w, 'select status from email_domain where id = $1', [uuidOf(id)])
  return row?.status
}
