import type { Tx } from '../db/transaction.ts'
import { EmailDomainBlockedError, type InputIssue, InvalidInputError } from '../errors.ts'
import { isAllowedRedirect } from '../mail/redirect.ts'
import { canonicalLocale } from '../mail/template.ts'
import { blockedDomainOf } from '../users/blocked-domain.ts'
import { email, emailKey } from '../users/email.ts'

/** One invitation as it is asked for. */
export interface Offer {
  readonly email: string
  readonly roleIds?: readonly string[] | null | undefined
  readonly expiresAt?: Date | null | undefined
  /** Absent: it gets one. */
  readonly sendEmail?: boolean | null | undefined
  readonly locale?: string | null | undefined
  readonly redirectUrl?: string | null | undefined
}

/** One whose input is right by itself: what is left to ask is the organization. */
export interface Draft {
  readonly email: string
  readonly emailKey: string
  readonly expiresAt: Date
  /** Each once; null for those of the template's default. */
  readonly roleIds: readonly string[] | null
  readonly isMailed: boolean
  readonly locale: string | null
  readonly redirectUrl: string | null
}

/** Reads one offer, without asking the database; all that is wrong with it is told at once (INV-2, INV-3, INV-17). */
export function draft(
  tx: Tx,
  offer: Offer,
  path: readonly string[],
): Draft | InvalidInputError | EmailDomainBlockedError {
  const address = email.safeParse(offer.email)
  const expiresAt = offer.expiresAt ?? defaultExpiry(tx)
  const issues: InputIssue[] = [
    ...(address.error?.issues ?? []).map(({ message }) => ({ path: [...path, 'email'], message })),
    ...expiryIssues(tx, expiresAt, path),
    ...mailIssues(tx, offer, path),
  ]
  if (issues.length > 0 || address.data === undefined) return new InvalidInputError(issues)
  const key = emailKey(address.data) ?? address.data
  const blocked = blockedDomainOf(key, tx.config.blockedEmailDomains)
  if (blocked !== null) return new EmailDomainBlockedError(blocked)
  return {
    email: address.data,
    emailKey: key,
    expiresAt,
    roleIds: offer.roleIds == null ? null : [...new Set(offer.roleIds)],
    isMailed: offer.sendEmail !== false,
    locale: offer.locale == null ? null : canonicalLocale(offer.locale),
    redirectUrl: offer.redirectUrl ?? null,
  }
}

const day = 86_400_000

/** When an offer ends of which nothing is said (INV-3). */
export function defaultExpiry(tx: Tx): Date {
  return new Date(tx.now.getTime() + tx.config.invitationDays * day)
}

/** In the future, and not further off than the configuration allows (INV-3). */
export function expiryIssues(tx: Tx, expiresAt: Date, path: readonly string[]): InputIssue[] {
  const days = tx.config.invitationMaxDays
  const told = (message: string) => [{ path: [...path, 'expiresAt'], message }]
  if (expiresAt <= tx.now) return told('This must be in the future.')
  return expiresAt.getTime() > tx.now.getTime() + days * day ? told(`This must be at most ${days} days away.`) : []
}

/** A language that there is, and a page that the configuration lets links lead to. */
function mailIssues({ config }: Tx, { locale, redirectUrl }: Offer, path: readonly string[]): InputIssue[] {
  const issues: InputIssue[] = []
  if (locale != null && canonicalLocale(locale) === null)
    issues.push({ path: [...path, 'locale'], message: 'This is not a language tag, such as de or de-AT.' })
  if (redirectUrl != null && !isAllowedRedirect(redirectUrl, config.redirectUrls))
    issues.push({ path: [...path, 'redirectUrl'], message: 'Links may not lead there: REDIRECT_URLS says where.' })
  return issues
}
