import { anonymous } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { type Tx, transaction } from '../db/transaction.ts'
import type { MailFailure } from '../invitations/invitation.entity.ts'
import type { Log } from '../log.ts'
import { delayAfter, maxAttempts } from './backoff.ts'
import type { MailAddress } from './settings.ts'
import { detailsOf, failureOf, type Message, type Send } from './transport.ts'

/** A mail that this process has taken, for one attempt. */
export interface Taken {
  readonly id: string
  readonly attempts: number
}
interface Outcome {
  readonly status: 'SENT' | 'QUEUED' | 'FAILED'
  readonly dueAt: Date
  readonly failure: MailFailure | null
}

/** One kind of mail, queued in a table of its own. Whatever a queue does is in the transaction it is handed. */
export interface MailQueue<Item extends Taken = Taken> {
  /** Takes what is due, at most so many, and leases it; what other replicas have taken is theirs. */
  take(tx: Tx, most: number, leasedUntil: Date): Promise<Item[]>
  /** What to send, with secrets made for it; null when there is nothing to send any more. */
  prepare(tx: Tx, item: Item): Promise<Omit<Message, 'from'> | null>
  /** What became of the attempt. Whoever was taken for dead and comes late changes nothing. */
  settle(tx: Tx, item: Item, outcome: Outcome): Promise<void>
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

/** The worker is nobody: it acts for the system. */
const system = { actor: anonymous, ipAddress: null }

/** Takes from the queues, the first one first, at most so many; each is an attempt to be made. */
export async function takeDue(
  by: Delivering,
  queues: readonly MailQueue[],
  most: number,
): Promise<(() => Promise<void>)[]> {
  return transaction(by.services, system, async tx => {
    const leasedUntil = new Date(tx.now.getTime() + LEASE_MILLISECONDS)
    const taken: (() => Promise<void>)[] = []
    for (const queue of queues) {
      const items = taken.length === most ? [] : await queue.take(tx, most - taken.length, leasedUntil)
      taken.push(...items.map(item => () => deliver(by, queue, item)))
    }
    return taken
  })
}

/** One attempt. What it needs is committed before the mail leaves. */
async function deliver(by: Delivering, queue: MailQueue, item: Taken): Promise<void> {
  const message = await transaction(by.services, system, tx => queue.prepare(tx, item))
  if (message === null) return
  const { id: mailId, attempts } = item
  try {
    await by.send({ from: by.from, ...message })
  } catch (error) {
    const failure = failureOf(error)
    const isFinal = failure === 'ADDRESS_REFUSED' || attempts >= maxAttempts
    const organizationId = 'organizationId' in item ? item.organizationId : undefined
    by.log('warn', 'mail was not sent', { organizationId, mailId, attempts, isFinal, failure, ...detailsOf(error) })
    await transaction(by.services, system, tx => fail(tx, queue, item, { failure, isFinal, random: by.random }))
    return
  }
  await transaction(by.services, system, tx => queue.settle(tx, item, { status: 'SENT', dueAt: tx.now, failure: null }))
  by.log('debug', 'mail was sent', { mailId, attempts })
}

interface Failed {
  readonly failure: MailFailure
  readonly isFinal: boolean
  readonly random: () => number
}

function fail(tx: Tx, queue: MailQueue, item: Taken, { failure, isFinal, random }: Failed): Promise<void> {
  const dueAt = new Date(tx.now.getTime() + delayAfter(item.attempts, random))
  const shown: MailFailure = isFinal && failure !== 'ADDRESS_REFUSED' ? 'GAVE_UP' : failure
  return queue.settle(tx, item, { status: isFinal ? 'FAILED' : 'QUEUED', dueAt, failure: shown })
}
