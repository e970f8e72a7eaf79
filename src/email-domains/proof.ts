import { bare } from './claimable.ts'
import type { EmailDomainRow } from './email-domain.loaders.ts'
import type { LookUpTxt } from './look-up.ts'

/** A record that somebody has to put into the DNS. */
export interface DnsRecord {
  readonly name: string
  readonly value: string
}

/** What a look-up was made for: a claim by its token, which no other claim has (JIT-4). */
type Claim = Pick<EmailDomainRow, 'id' | 'domain' | 'token'>

/** What was found in the DNS, and for which claim. */
export interface Finding extends Claim {
  /** The texts of the records; null when nobody answered. */
  readonly found: readonly string[] | null
}

/** The record that proves this claim. A name of its own leaves those of the domain itself alone. */
export function dnsRecordOf({ domain, token }: Pick<Claim, 'domain' | 'token'>): DnsRecord {
  return { name: `_tenantry.${bare(domain)}`, value: `tenantry-verification=${token}` }
}

/** Asks the DNS. It takes its time: never inside a transaction. */
export async function findProof(lookUpTxt: LookUpTxt, { id, domain, token }: Claim): Promise<Finding> {
  return { id, domain, token, found: await lookUpTxt(dnsRecordOf({ domain, token }).name) }
}

/** Whether what was found proves the claim as it is now: the very one that the look-up was for, unchanged. */
export function proves(finding: Finding, claim: Claim): boolean {
  const isSame = finding.id === claim.id && finding.domain === claim.domain && finding.token === claim.token
  return isSame && finding.found?.includes(dnsRecordOf(claim).value) === true
}
