import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Instant, instantOf } from '../db/statement.ts'
import { newId } from '../ids.ts'
import type { Message } from './transport.ts'

export interface Mail extends Omit<Message, 'from'> {
  readonly id: string
  readonly sentAt: Instant
  readonly from: string
}

/** What a development deployment has in place of a mail server: the messages, newest first, on disk. */
export interface Mailbox {
  put(message: Message): Promise<void>
  list(): Promise<Mail[]>
  find(id: string): Promise<Mail | null>
}

/** The oldest go when there are more. */
export const mailboxSize = 1000

/** One file a message, named so that they sort by time. */
export function openMailbox(dataDir: string, clock: () => Date): Mailbox {
  const folder = join(dataDir, 'mailbox')
  const names = async () => (await readdir(folder).catch(() => [])).filter(isMessage).sort().reverse()
  const read = async (name: string): Promise<Mail | null> =>
    readFile(join(folder, name), 'utf8').then(
      text => JSON.parse(text) as Mail,
      () => null,
    )
  return {
    async put({ from, ...message }) {
      const now = clock()
      const id = newId(now)
      const mail: Mail = { id, sentAt: instantOf(now), from: `${from.name} <${from.address}>`, ...message }
      await mkdir(folder, { recursive: true, mode: 0o700 })
      // Whole or not at all, whenever the process is killed.
      const draft = join(folder, `${randomUUID()}.draft`)
      await writeFile(draft, JSON.stringify(mail), { mode: 0o600 })
      await rename(draft, join(folder, `${id}.json`))
      const tooMany = (await names()).slice(mailboxSize)
      await Promise.all(tooMany.map(name => rm(join(folder, name), { force: true })))
    },
    async list() {
      const mails = await Promise.all((await names()).slice(0, mailboxSize).map(read))
      return mails.filter(mail => mail !== null)
    },
    find: async id => (isMessage(`${id}.json`) ? read(`${id}.json`) : null),
  }
}

const isMessage = (name: string) => /^[0-9a-f-]{36}\.json$/.test(name)
