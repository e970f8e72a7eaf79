import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { lockOrganization } from '../organizations/lock.ts'
import { mintToken } from '../secret-token.ts'
import type { MailQueue, Taken } from './delivery.ts'
import { postponedUntil } from './limits.ts'
import { composed, type Invited } from './message.ts'

interface TakenInvitation extends Taken {
  readonly organizationId: string
}
interface InvitedByMail extends Invited {
  readonly invitationId: string
  readonly generation: number
  readonly emailKey: string
  readonly isDeleted: boolean
}

/** How long what is over is kept: longer than the limits of mail look back. */
const KEPT_MILLISECONDS = 30 * 86_400_000

// Each organization has a line of its own, and who holds fewer places is served first: nobody waits behind the hundreds
// of another. What another replica is just taking is passed over, not waited for.
const take = statement(
  'take_mail',
  `with recursive place (id) as (
     (select organization_id from invitation_mail where status = 'QUEUED' order by organization_id limit 1)
     union all
     select (
       select organization_id from invitation_mail where status = 'QUEUED' and organization_id > place.id
       order by organization_id limit 1
     ) from place where place.id is not null
   ), line as (
     select place.id as organization_id, due.id, due.due_at, held.places + due.turn as turn
     from place
     join organization o on o.id = place.id and o.deleted_at is null
     cross join lateral (
       select count(*) as places from invitation_mail
       where organization_id = place.id and status = 'QUEUED' and due_at > $1 and due_at <= $2
     ) held
     cross join lateral (
       select id, due_at, row_number() over (order by due_at, id) as turn from invitation_mail
       where organization_id = place.id and status = 'QUEUED' and due_at <= $1
       order by due_at, id limit 4 * $3::integer
     ) due
   )
   update invitation_mail m set attempts = m.attempts + 1, due_at = $2
   from (
     select q.organization_id, q.id
     from line join invitation_mail q on q.organization_id = line.organization_id and q.id = line.id
     where q.status = 'QUEUED' and q.due_at <= $1
     order by line.turn, line.due_at limit $3::integer for update of q skip locked
   ) taken
   where m.organization_id = taken.organization_id and m.id = taken.id
   returning m.organization_id as "organizationId", m.id, m.attempts`,
)
const purge = statement('purge_mail', `delete from invitation_mail where status <> 'QUEUED' and closed_at < $1`)
const invited = statement(
  'invited_by_mail',
  `select i.id as "invitationId", m.generation, i.email, i.email_key as "emailKey",
     o.deleted_at is not null as "isDeleted", i.locale, i.redirect_url as "redirectUrl", i.expires_at as "expiresAt",
     o.name as "organizationName", o.logo_url as "logoUrl", o.primary_color as "primaryColor", p.display_name as "inviterName",
     array(
       select r.name from invitation_role ir join organization_role r on r.id = ir.role_id
       where ir.organization_id = i.organization_id and ir.invitation_id = i.id order by lower(r.name) collate "C"
     ) as "roleNames"
   from invitation_mail m
   join invitation i on i.organization_id = m.organization_id and i.id = m.invitation_id and i.mail_generation = m.generation
   join organization o on o.id = i.organization_id
   left join principal p on p.id = i.inviter_id
   where m.organization_id = $1 and m.id = $2 and m.attempts = $3 and m.status = 'QUEUED'
     and i.status = 'PENDING' and i.expires_at > $4`,
)
const keepToken = statement(
  'keep_token',
  `with tried as (update invitation_mail set tried_at = $5 where organization_id = $1 and id = $6)
   insert into invitation_token (organization_id, token_hash, invitation_id, generation, created_at) values ($1, $2, $3, $4, $5)`,
)
// Nothing was attempted, and so no attempt counts.
const postpone = statement(
  'postpone_mail',
  `update invitation_mail set attempts = attempts - 1, due_at = $4
   where organization_id = $1 and id = $2 and attempts = $3 and status = 'QUEUED'`,
)
// Whoever was taken for dead and comes late changes nothing: somebody else has counted an attempt meanwhile.
const settle = statement(
  'settle_mail',
  `with settled as (
     update invitation_mail set status = $4, due_at = $5, closed_at = case when $4 = 'QUEUED' then null else $6::timestamptz end
     where organization_id = $1 and id = $2 and attempts = $3 and status = 'QUEUED' returning invitation_id
   )
   update invitation i set last_sent_at = coalesce($7::timestamptz, i.last_sent_at), last_mail_failure = $8
   from settled where i.organization_id = $1 and i.id = settled.invitation_id`,
)
const cancel = statement(
  'cancel_mail',
  `update invitation_mail set status = 'CANCELLED', closed_at = $4
   where organization_id = $1 and id = $2 and attempts = $3 and status = 'QUEUED'`,
)

/** Mail of invitations. The hash of a link is committed before the link leaves, so that none arrives that opens nothing. */
export const invitationMail: MailQueue<TakenInvitation> = {
  /** Throws away what has long been over. */
  async take(tx, most, leasedUntil) {
    await tx.enter('*')
    await tx.rows(purge, [new Date(tx.now.getTime() - KEPT_MILLISECONDS)])
    return tx.rows<TakenInvitation>(take, [tx.now, leasedUntil, most])
  },
  /** Null when the invitation was answered, taken back, sent again, or has expired; and when its address had enough mail. */
  async prepare(tx, { organizationId, id, attempts }) {
    await enter(tx, organizationId)
    const [row] = await tx.rows<InvitedByMail>(invited, [...[organizationId, id, attempts, tx.now]])
    if (row === undefined) {
      await tx.rows(cancel, [organizationId, id, attempts, tx.now])
      return null
    }
    // Deleted just now: it waits with its organization, which may be restored (ORG-6).
    const later = row.isDeleted ? tx.now : await postponedUntil(tx, id, row.emailKey)
    if (later !== null) {
      await tx.rows(postpone, [organizationId, id, attempts, later])
      return null
    }
    const { token, hash } = mintToken()
    await tx.rows(keepToken, [organizationId, hash, row.invitationId, row.generation, tx.now, id])
    const templates = await tx.load.mailTemplatesByKind.load('INVITATION')
    return { to: row.email, ...composed(row, templates, tx.config, token) }
  },
  async settle(tx, { organizationId, id, attempts }, { status, dueAt, failure }) {
    await enter(tx, organizationId)
    const sentAt = status === 'SENT' ? tx.now : null
    await tx.rows(settle, [organizationId, id, attempts, status, dueAt, tx.now, sentAt, failure])
  },
}

/** The organization is locked first, as by every change in it. */
async function enter(tx: Tx, organizationId: string): Promise<void> {
  await tx.enter(organizationId)
  await lockOrganization(tx, organizationId)
}
