import { setTimeout as delay } from 'node:timers/promises'
import type { Config } from '../config.ts'
import type { Services } from '../context.ts'
import type { Log } from '../log.ts'
import { type MailQueue, takeDue } from './delivery.ts'
import { type Mailbox, openMailbox } from './mailbox.ts'
import { detailsOf, openTransport } from './transport.ts'
import { openWorker, type Worker } from './worker.ts'

/** Sends what was queued, after the commit and from beside the requests. */
export interface Mailer {
  /** Something was queued just now. Without it, it would be found a little later. */
  kick(): void
  /** Where mail goes in a development deployment without a mail server; null in every other. */
  readonly mailbox: Mailbox | null
  /** What whoever starts it is told of mail. */
  welcome(): string[]
  /** From now on, sends by itself. */
  start(): void
  /** Sends what is due now, and is done. */
  sendDue(): Promise<void>
  /** Takes nothing more, and waits for what is under way. */
  close(): Promise<void>
}

/** How many messages are under way at once. */
const PLACES = 5
const POLL_MILLISECONDS = 5000
/** How long a stop waits. What is cut off then is sent again when its lease is over. */
const PATIENCE_MILLISECONDS = 10_000

interface Parts {
  readonly services: Omit<Services, 'mailer' | 'observe'>
  readonly log: Log
  readonly random: () => number
  /** What there is to send, the most urgent kind first. */
  readonly queues: readonly MailQueue[]
}

export function openMailer({ services, log, random, queues }: Parts): Mailer {
  const { config, clock } = services
  const { mail } = config
  const mailbox = mail?.kind === 'MAILBOX' ? openMailbox(config.dataDir, clock) : null
  const welcome = () => welcomeOf(config)
  if (mail === null) return { ...silent, mailbox, welcome }
  const delivering = {
    services: { ...services, mailer: { ...silent, mailbox, welcome } },
    from: mail.from,
    send: openTransport(mail, mailbox),
    random,
    log,
  }
  const worker = openWorker({
    places: PLACES,
    take: most => takeDue(delivering, queues, most),
    does: attempt => attempt(),
    onError: error => log('error', 'the mail worker failed', { cause: nameOf(error), ...detailsOf(error) }),
  })
  return { ...working(worker), mailbox, welcome }
}

function welcomeOf({ mail, publicUrl }: Config): string[] {
  if (mail === null) return ['No mail is sent: set SMTP_URL and MAIL_FROM for invitations to be mailed.']
  if (mail.kind === 'MAILBOX') return [`Mailbox: ${publicUrl}/mailbox (mail goes here: SMTP_URL is not set)`]
  return [`Mail: as ${mail.from.address} through ${mail.server.host}:${mail.server.port}`]
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error)

const silent = { kick() {}, start() {}, async sendDue() {}, async close() {} }

function working(worker: Worker): Omit<Mailer, 'mailbox' | 'welcome'> {
  const closing = new AbortController()
  let isStarted = false
  const poll = async () => {
    while (!closing.signal.aborted) {
      worker.kick()
      await delay(POLL_MILLISECONDS, undefined, { signal: closing.signal, ref: false }).catch(() => undefined)
    }
  }
  return {
    kick() {
      if (isStarted) worker.kick()
    },
    start() {
      isStarted = true
      void poll()
    },
    async sendDue() {
      worker.kick()
      await worker.idle()
    },
    async close() {
      closing.abort()
      worker.stop()
      const patience = new AbortController()
      await Promise.race([worker.idle(), delay(PATIENCE_MILLISECONDS, undefined, { signal: patience.signal })])
      patience.abort()
    },
  }
}
