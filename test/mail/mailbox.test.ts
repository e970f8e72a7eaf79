import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openMailbox } from '../../src/mail/mailbox.ts'
import { ask } from '../http/requests.ts'
import { invite } from '../invitations/offers.ts'
import { deployment, production } from '../kit/deployment.ts'
import { mailsTo } from '../kit/mail.ts'
import { sql } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { dataDir } from './data-dir.ts'

const message = {
  from: { name: 'Product', address: 'no-reply@product.test' },
  to: 'a@people.test',
  text: 'Text',
  html: '<p>Text',
}

test('without a mail server a development deployment keeps its mail, for operators to read (INV-14)', async () => {
  const w = await world({ isolated: true })
  await invite(w.owner, w.acme, 'ada@people.test')
  const [mail, ...others] = await mailsTo(w, 'ada@people.test')
  expect(others).toEqual([])
  expect(mail).toMatchObject({ from: 'Tenantry <tenantry@localhost>', to: 'ada@people.test' })
  expect(await w.owner.send('{ developmentMailbox { to } }')).toMatchObject({
    errors: [{ extensions: { code: 'FORBIDDEN', permission: 'management:write' } }],
  })
})

test('the mailbox is a page, and shows each message as text and in a frame that can do nothing', async () => {
  const w = await world({ isolated: true })
  await invite(w.owner, w.acme, 'ada@people.test')
  await w.app.sendDueMail()
  const list = await ask(w.app, '/mailbox')
  expect(list.status).toBe(200)
  const path = /href="(\/mailbox\/[0-9a-f-]{36})"/.exec(list.text)?.[1] ?? ''
  const shown = await ask(w.app, path)
  expect(shown.text).toContain('to join')
  expect(shown.text).toMatch(/<iframe src="\/mailbox\/[0-9a-f-]{36}\.html" sandbox /)
  expect(shown.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'/,
  )
  const frame = await ask(w.app, `${path}.html`)
  expect(frame.text).toContain('See the invitation')
  expect(frame.headers.get('content-security-policy')).toBe(
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
  )
  for (const { headers } of [list, shown, frame])
    expect([
      headers.get('referrer-policy'),
      headers.get('cache-control'),
      headers.get('x-content-type-options'),
    ]).toEqual([...['no-referrer', 'no-store', 'nosniff']])
})

test('what a message says is text on the page, whatever it says', async () => {
  const w = await world({ isolated: true })
  const evil = await w.organization(w.owner, { name: '<script>alert(1)</script>"\'&' })
  await invite(w.owner, evil, 'ada@people.test')
  await w.app.sendDueMail()
  const list = await ask(w.app, '/mailbox')
  const path = /href="(\/mailbox\/[0-9a-f-]{36})"/.exec(list.text)?.[1] ?? ''
  for (const where of ['/mailbox', path, `${path}.html`])
    expect((await ask(w.app, where)).text, where).not.toContain('<script')
  expect(list.text).toContain('&lt;script&gt;')
})

test.each([
  '/mailbox/',
  '/mailbox/..%2fdevelopment-issuer',
  '/mailbox/00000000-0000-0000-0000-000000000000',
  '/mailbox/x.html',
])('%s is no message', async path => {
  const { app } = await world()
  expect((await ask(app, path)).status).toBe(404)
})

test('messages survive a restart, and only the newest thousand are kept', async () => {
  const folder = await dataDir()
  let now = 0
  const clock = () => new Date(1_800_000_000_000 + now++)
  const first = openMailbox(folder, clock)
  for (let index = 0; index < 1003; index++) await first.put({ ...message, subject: `Mail ${index}` })
  const subjects = (await openMailbox(folder, clock).list()).map(mail => mail.subject)
  expect(subjects).toEqual(Array.from({ length: 1000 }, (_, index) => `Mail ${1002 - index}`))
  expect((await readdir(join(folder, 'mailbox'))).length).toBe(1000)
})

test('in production there is no mailbox, and without a mail server nothing is queued', async () => {
  const { app } = await deployment(production)
  expect((await ask(app, '/mailbox')).status).toBe(404)
  expect(await app.welcome()).toContain('No mail is sent: set SMTP_URL and MAIL_FROM for invitations to be mailed.')

  const w = await world({ isolated: true, withoutMail: true })
  await invite(w.owner, w.acme, 'ada@people.test')
  expect(await sql(w, 'select id from invitation_mail')).toEqual([])
  expect(await w.operator.query('{ developmentMailbox { to } }')).toEqual({ developmentMailbox: null })
})
