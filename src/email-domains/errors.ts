import { UserError } from '../errors.ts'
import type { DnsRecord } from './proof.ts'

/** This organization claims the domain already. */
export class DomainAlreadyClaimedError extends UserError {
  readonly emailDomainId: string
  constructor(emailDomainId: string) {
    super('Your organization claims this domain already.')
    this.emailDomainId = emailDomainId
  }
}

/** The organization claims as many domains as it may. */
export class DomainLimitReachedError extends UserError {
  readonly limit: number
  constructor(limit: number) {
    super(`An organization claims ${limit} domains at most. Remove one first.`)
    this.limit = limit
  }
}

/** Another organization holds the proof of the domain; which one is not said (JIT-3). */
export class DomainTakenError extends UserError {
  constructor() {
    super(
      'Another organization has proved this domain. If it is yours, have it removed there, or ask whoever runs this gateway.',
    )
  }
}

/** The domain is not proved: the DNS does not say what it has to, or was not asked. */
export class DomainNotVerifiedError extends UserError {
  readonly expected: DnsRecord
  readonly found: readonly string[]
  constructor(expected: DnsRecord, found: readonly string[] | 'NO_ANSWER' | 'NOT_ASKED') {
    super(
      found === 'NOT_ASKED'
        ? 'Only a domain that is proved counts for this. Prove it first, by the record that is expected.'
        : found === 'NO_ANSWER'
          ? 'The name servers of the domain gave no answer. Try again in a while.'
          : `There is no TXT record at ${expected.name} that says it. A new one can take some hours until everybody sees it.`,
    )
    this.expected = expected
    this.found = typeof found === 'string' ? [] : found
  }
}
