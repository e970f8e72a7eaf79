import { createTransport } from 'nodemailer'
import type { MailFailure } from '../invitations/invitation.entity.ts'
import type { Mailbox } from './mailbox.ts'
import type { MailAddress, MailSettings } from './settings.ts'

export interface Message {
  readonly from: MailAddress
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}
/** Hands a message over; it fails when it cannot be sure that the other side took it. */
export type Send = (message: Message) => Promise<void>

/** However slowly a server answers, after this long an attempt is over. */
const DEADLINE_MILLISECONDS = 60_000

/** A connection for each message: one that hangs has nothing of the others. */
export function openTransport(settings: MailSettings, mailbox: Mailbox | null): Send {
  if (settings.kind === 'MAILBOX') return async message => mailbox?.put(message)
  const { server, tls } = settings
  const smtp = createTransport({
    host: server.host,
    port: server.port,
    secure: server.isImplicitTls,
    requireTLS: tls === 'REQUIRED' && !server.isImplicitTls,
    ignoreTLS: tls === 'OFF',
    ...(server.auth !== null && { auth: server.auth }),
    dnsTimeout: 10_000,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    // A message is made of what people wrote: nothing in it is a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return async ({ from, to, subject, text, html }) => {
    await smtp.sendMail({
      from: { ...from },
      // As an object, so that nothing in it is read as a list of addresses.
      to: { name: '', address: to },
      subject,
      text,
      html,
      headers: { 'Auto-Submitted': 'auto-generated' },
      signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
    })
  }
}

/** What an admin is told of a failed attempt. That the server refuses the address will not change by trying again. */
export function failureOf(error: unknown): MailFailure {
  const { code, command, responseCode } = detailsOf(error)
  if (code !== 'EENVELOPE') return responseCode === undefined ? 'UNREACHABLE' : 'REFUSED'
  const isRecipient = command === 'RCPT TO' || (command === 'API' && responseCode === undefined)
  return isRecipient && (responseCode ?? 500) >= 500 ? 'ADDRESS_REFUSED' : 'REFUSED'
}

/** Of a failure what a log may hold: a server's own words often repeat the address. */
export function detailsOf(error: unknown): { code?: string; command?: string; responseCode?: number } {
  if (!(error instanceof Error)) return {}
  const { code, command, responseCode } = error as Error & Record<string, unknown>
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof command === 'string' && { command }),
    ...(typeof responseCode === 'number' && { responseCode }),
  }
}
