import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { newId } from '../ids.ts'

const queue = statement(
  'queue_invitation_mail',
  `with given as (
     select * from unnest($2::uuid[], $3::uuid[]) as given (id, mail_id)
   ), current as (
     update invitation i set mail_generation = i.mail_generation + 1
     from given where i.organization_id = $1 and i.id = given.id and i.status = 'PENDING'
     returning i.id, i.mail_generation, given.mail_id
   )
   insert into invitation_mail (organization_id, id, invitation_id, generation, due_at, queued_at)
   select $1, mail_id, id, mail_generation, $4, $4 from current`,
)

/**
 * Queues a mail for each of these pending invitations, in one statement: it is there with their commit, or not at all
 * (INV-14). It begins a new generation of links, and the worker mints them when it sends: earlier ones are dead from here
 * on. Where no mail is configured, none is queued.
 */
export async function queueInvitationMail(
  tx: Tx,
  organizationId: string,
  invitationIds: readonly string[],
): Promise<void> {
  if (tx.config.mail === null || invitationIds.length === 0) return
  await tx.rows(queue, [organizationId, invitationIds, invitationIds.map(() => newId(tx.now)), tx.now])
  tx.afterCommit(({ mailer }) => mailer.kick())
}
