import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { onTestFinished } from 'vitest'
import type { World } from './world.ts'

/** A message as the development mailbox has it. */
interface Mail {
  to: string
  from: string
  subject: string
  text: string
  html: string
}

/** The messages to this address in the development mailbox, newest first, after what is due was sent. */
export async function mailsTo({ app, operator }: Pick<World, 'app' | 'operator'>, email: string): Promise<Mail[]> {
  await app.sendDueMail()
  const { developmentMailbox } = await operator.query('{ developmentMailbox { to from subject text html } }')
  return developmentMailbox.filter((mail: Mail) => mail.to === email)
}

/** The token in the link of a message. */
export function tokenIn(text: string): string {
  const token = /#token=([\w-]{43})/.exec(text)?.[1]
  if (token === undefined) throw new Error(`There is no link in ${text}`)
  return token
}

/** The token of the newest link that was mailed to this address. */
export async function newestToken(world: Pick<World, 'app' | 'operator'>, email: string): Promise<string> {
  const [mail] = await mailsTo(world, email)
  if (mail === undefined) throw new Error(`There is no mail to ${email}`)
  return tokenIn(mail.text)
}

interface Received {
  from: string
  to: string[]
  /** As it came over the wire. */
  raw: string
  /** With soft line breaks and escapes of quoted-printable undone. */
  decoded: string
}

/** What a server of the test does before it takes a message. */
type Hooks = Pick<SMTPServerOptions, 'onConnect' | 'onRcptTo' | 'onMailFrom' | 'onAuth' | 'authOptional' | 'secure'> & {
  /** After the whole message has arrived; what it throws is the answer. */
  onMessage?: (message: Received) => Promise<void> | void
  port?: number
}

/** A real SMTP server on loopback, gone after the test. */
export async function smtpServer(hooks: Hooks = {}) {
  const { onMessage, port = 0, ...options } = hooks
  const received: Received[] = []
  const server = new SMTPServer({
    disabledCommands: options.onAuth === undefined ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    ...options,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks).toString('utf8')
        const { mailFrom, rcptTo } = session.envelope
        const message = {
          from: mailFrom === false ? '' : (mailFrom?.address ?? ''),
          to: rcptTo.map(one => one.address),
          raw,
          decoded: decoded(raw),
        }
        try {
          await onMessage?.(message)
          received.push(message)
          done()
        } catch (error) {
          done(error instanceof Error ? error : new Error(String(error)))
        }
      })
    },
  })
  server.on('error', () => {})
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.server.once('error', reject)
  server.listen(port, '127.0.0.1', resolve)
  await promise
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const close = async () => {
    const { promise: closed, resolve: done } = Promise.withResolvers<void>()
    server.close(() => done())
    await closed
  }
  onTestFinished(close)
  const env = { SMTP_URL: `smtp://127.0.0.1:${address.port}`, MAIL_FROM: 'Product <no-reply@product.test>' }
  return { received, port: address.port, env, close }
}

/** An answer with a code of SMTP. */
export function smtpError(responseCode: number, message = 'Refused'): Error {
  return Object.assign(new Error(message), { responseCode })
}

function decoded(raw: string): string {
  const text = raw.replaceAll(/=\r?\n/g, '')
  const bytes = text.replaceAll(/(?:=[0-9A-F]{2})+/g, run =>
    Buffer.from(run.replaceAll('=', ''), 'hex').toString('utf8'),
  )
  return bytes
}
