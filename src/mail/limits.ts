import { dateOf, type Instant, statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { rateLimited } from '../errors.ts'
import type { InvitationRow } from '../invitations/invitation.loaders.ts'

// Two at once to one address, of different organizations, are held to the limit one after the other.
const lockAddress = statement('lock_address', 'select pg_advisory_xact_lock(hashtextextended($1, 7263021))')
const inTheWay = statement(
  'mail_in_the_way',
  `select tried_at::text as at from tenantry_mails_to($1, $2)
   where tried_at > $2 and id <> $3 order by tried_at desc offset $4 - 1 limit 1`,
)
// What waits leaves before this one does. Mail of others is in the way from now on: when they mailed is not for telling.
const inTheWayOfAnother = statement(
  'mail_in_the_way_of_another',
  `select greatest(
     (select case when organization_id = $1 then at else $7 end
      from (
        select organization_id, case when is_waiting and invitation_id <> $2 then $7::timestamptz else tried_at end as at
        from tenantry_mails_to($3, $4)
      ) mail
      where at > $4 order by at desc offset $5 - 1 limit 1),
     (select queued_at from invitation_mail where organization_id = $1 and invitation_id = $2 and queued_at > $4
      order by queued_at desc offset $6 - 1 limit 1)
   )::text as at`,
)

/**
 * When a mail may leave of which the address had too many lately, in all organizations together; null: now. Whoever asks
 * holds the address until their commit, and says in the same transaction that they try it (INV-11).
 */
export async function postponedUntil(tx: Tx, mailId: string, emailKey: string): Promise<Date | null> {
  const { window, since } = windowOf(tx)
  await tx.rows(lockAddress, [emailKey])
  const [row] = await tx.rows<{ at: Instant }>(inTheWay, [emailKey, since, mailId, tx.config.mailLimits.perAddress])
  return row === undefined ? null : new Date(dateOf(row.at).getTime() + window)
}

/**
 * Refuses another mail of an invitation that was mailed as often as it may be, or whose address was: its link would be
 * dead, and the new one long on its way.
 * @throws RATE_LIMITED with when to try again (INV-11)
 */
export async function holdToLimits(tx: Tx, { organizationId, id, emailKey }: InvitationRow): Promise<void> {
  const { perAddress, perInvitation } = tx.config.mailLimits
  const { window, since } = windowOf(tx)
  await tx.rows(lockAddress, [emailKey])
  const [row] = await tx.rows<{ at: Instant | null }>(inTheWayOfAnother, [
    ...[organizationId, id, emailKey, since, perAddress, perInvitation, tx.now],
  ])
  if (row === undefined || row.at === null) return
  throw rateLimited(tx.now, new Date(dateOf(row.at).getTime() + window), 'This was mailed')
}

function windowOf({ config, now }: Tx) {
  const window = config.mailLimits.minutes * 60_000
  return { window, since: new Date(now.getTime() - window) }
}
