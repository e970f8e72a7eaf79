import { z } from 'zod'
import { emailKey } from '../users/email.ts'
import { plainUrl } from './redirect.ts'

export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (smtps); otherwise STARTTLS, as `tls` says. */
  readonly isImplicitTls: boolean
  readonly auth: { readonly user: string; readonly pass: string } | null
}
export interface MailAddress {
  readonly name: string
  readonly address: string
}
/** REQUIRED: no mail without TLS. OPPORTUNISTIC: TLS where the server offers it. OFF: never. */
export const tlsModes = ['REQUIRED', 'OPPORTUNISTIC', 'OFF'] as const
export type TlsMode = (typeof tlsModes)[number]

/** Where mail goes: to a server, or into the mailbox of a development deployment. */
export type MailSettings =
  | { readonly kind: 'SMTP'; readonly server: SmtpServer; readonly tls: TlsMode; readonly from: MailAddress }
  | { readonly kind: 'MAILBOX'; readonly from: MailAddress }

// No message repeats the text: it holds a password.
export const smtpUrl = z.string().transform((text, context): SmtpServer => {
  const url = URL.parse(text)
  const isSmtp = url !== null && (url.protocol === 'smtp:' || url.protocol === 'smtps:')
  if (!isSmtp || url.hostname === '' || !/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') {
    context.addIssue({ code: 'custom', message: 'must be smtp://user:password@host:port or smtps://…, and no more' })
    return z.NEVER
  }
  const isImplicitTls = url.protocol === 'smtps:'
  const port = url.port === '' ? (isImplicitTls ? 465 : 587) : Number(url.port)
  const auth = url.username === '' ? null : { user: decoded(url.username), pass: decoded(url.password) }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port, isImplicitTls, auth }
})

export const mailFrom = z.string().transform((text, context): MailAddress => {
  const [, name = '', bracketed] = /^\s*"?([^"<>\p{Cc}]*?)"?\s*<([^<>]+)>\s*$/u.exec(text) ?? []
  const address = bracketed ?? text.trim()
  if (emailKey(address) === null && !/^[\w.+-]+@localhost$/.test(address)) {
    context.addIssue({ code: 'custom', message: 'must be an address, such as Product <no-reply@example.com>' })
    return z.NEVER
  }
  return { name: name.trim(), address }
})

export const redirectUrl = z
  .string()
  .refine(
    text => plainUrl(text)?.search === '',
    'must name web addresses without query or fragment, such as https://app.example/welcome, spelled as a browser does',
  )

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
