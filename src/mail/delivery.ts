import { anonymous } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { statement } from '../db/statement.ts'
import { type Tx, transaction } from '../db/transaction.ts'
import type { MailFailure } from '../invitations/invitation.entity.ts'
import type { Log } from '../log.ts'
import { lockOrganization } from '../organizations/lock.ts'
import { mintToken } from '../secret-token.ts'
import { delayAfter, maxAttempts } from './backoff.ts'
import { composed, type Invited } from './message.ts'
import type { MailAddress } from './settings.ts'
import { detailsOf, failureOf, type Message, type Send } from './transport.ts'

/** A mail that this process has taken, for one attempt. */
export interface Taken {
  readonly organizationId: string
  readonly id: string
  readonly attempts: number
}
interface Delivering {
  readonly services: Services
  readonly from: MailAddress
  readonly send: Send
  readonly random: () => number
  readonly log: Log
}

/** How long a mail is somebody's once taken: longer than an attempt can last. After that they are taken for dead. */
const LEASE_MILLISECONDS = 90_000
/** How long what is over is kept: longer than the limits of mail look back. */
const KEPT_MILLISECONDS = 30 * 86_400_000

const take = statement(
  'take_mail',
  `update invitation_mail m set attempts = m.attempts + 1, due_at = $2
   from (
     select organization_id, id from invitation_mail where status = 'QUEUED' and due_at <= $1
     order by due_at limit $3 for update skip locked
   ) due
   where m.organization_id = due.organization_id and m.id = due.id
   returning m.organization_id as "organizationId", m.id, m.attempts`,
)
const purge = statement('purge_mail', `delete from invitation_mail where status <> 'QUEUED' and closed_at < $1`)
const invited = statement(
  'invited_by_mail',
  `select i.id as "invitationId", m.generation, i.email, i.locale, i.redirect_url as "redirectUrl", i.expires_at as "expiresAt",
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
     and i.status = 'PENDING' and i.expires_at > $4 and o.deleted_at is null`,
)
const keepToken = statement(
  'keep_token',
  `insert into invitation_token (organization_id, token_hash, invitation_id, generation, created_at) values ($1, $2, $3, $4, $5)`,
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

/** The worker is nobody: it acts for the system. */
const system = { actor: anonymous, ipAddress: null }

/** Takes what is due, at most so many; what other replicas have taken is theirs. Throws away what has long been over. */
export function takeDue(services: Services, most: number): Promise<Taken[]> {
  return transaction(services, system, async tx => {
    await tx.enter('*')
    await tx.rows(purge, [new Date(tx.now.getTime() - KEPT_MILLISECONDS)])
    return tx.rows<Taken>(take, [tx.now, new Date(tx.now.getTime() + LEASE_MILLISECONDS), most])
  })
}

/** One attempt. The hash of its link is committed before the link leaves, so that none arrives that opens nothing. */
export async function deliver(by: Delivering, mail: Taken): Promise<void> {
  const message = await transaction(by.services, system, tx => prepare(tx, mail, by.from))
  if (message === null) return
  const { organizationId, id, attempts } = mail
  try {
    await by.send(message)
  } catch (error) {
    const failure = failureOf(error)
    const isFinal = failure === 'ADDRESS_REFUSED' || attempts >= maxAttempts
    by.log('warn', 'mail was not sent', { organizationId, mailId: id, attempts, isFinal, failure, ...detailsOf(error) })
    await transaction(by.services, system, tx => fail(tx, mail, { failure, isFinal, random: by.random }))
    return
  }
  await transaction(by.services, system, tx => settled(tx, mail, ['SENT', tx.now, tx.now, tx.now, null]))
  by.log('debug', 'mail was sent', { organizationId, mailId: id, attempts })
}

/** Null when there is nothing to send any more: the invitation was answered, taken back, sent again, or has expired. */
async function prepare(tx: Tx, { organizationId, id, attempts }: Taken, from: MailAddress): Promise<Message | null> {
  await tx.enter(organizationId)
  await lockOrganization(tx, organizationId)
  const [row] = await tx.rows<Invited & { invitationId: string; generation: number }>(invited, [
    ...[organizationId, id, attempts, tx.now],
  ])
  if (row === undefined) {
    await tx.rows(cancel, [organizationId, id, attempts, tx.now])
    return null
  }
  const { token, hash } = mintToken()
  await tx.rows(keepToken, [organizationId, hash, row.invitationId, row.generation, tx.now])
  const templates = await tx.load.mailTemplatesByKind.load('INVITATION')
  return { from, to: row.email, ...composed(row, templates, tx.config, token) }
}

interface Failed {
  readonly failure: MailFailure
  readonly isFinal: boolean
  readonly random: () => number
}

async function fail(tx: Tx, mail: Taken, { failure, isFinal, random }: Failed): Promise<void> {
  const next = new Date(tx.now.getTime() + delayAfter(mail.attempts, random))
  const shown: MailFailure = isFinal && failure !== 'ADDRESS_REFUSED' ? 'GAVE_UP' : failure
  await settled(tx, mail, [isFinal ? 'FAILED' : 'QUEUED', next, tx.now, null, shown])
}

/** What became of the attempt; the organization is locked first, as by every change in it. */
async function settled(tx: Tx, { organizationId, id, attempts }: Taken, outcome: readonly unknown[]): Promise<void> {
  await tx.enter(organizationId)
  await lockOrganization(tx, organizationId)
  await tx.rows(settle, [organizationId, id, attempts, ...outcome])
}
