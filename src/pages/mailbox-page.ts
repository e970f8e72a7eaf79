import { type Mail, type Mailbox, mailboxSize } from '../mail/mailbox.ts'
import { escaped, framed, type Page, page } from './page.ts'

/** The pages of the development mailbox: `/mailbox`, `/mailbox/<id>`, and the HTML of a message for its frame. */
export async function mailboxPage(mailbox: Mailbox, path: string): Promise<Page | null> {
  if (path === '/mailbox') return listOf(await mailbox.list())
  const [, id = '', isFrame] = /^\/mailbox\/([0-9a-f-]{36})(\.html)?$/.exec(path) ?? []
  const mail = id === '' ? null : await mailbox.find(id)
  if (mail === null) return null
  return isFrame === undefined ? messageOf(mail) : framed(mail.html)
}

function listOf(mails: readonly Mail[]): Page {
  const rows = mails.map(
    ({ id, sentAt, to, subject }) =>
      `<li><a href="/mailbox/${escaped(id)}">${escaped(subject)}</a><br>to ${escaped(to)}, ${escaped(sentAt)}</li>`,
  )
  const list =
    rows.length === 0 ? '<p>Nothing yet. Invite somebody, and reload the page.</p>' : `<ul>${rows.join('\n')}</ul>`
  const about = `No mail server is configured, so mail comes here: the newest ${mailboxSize} messages, in development only.`
  return page({ title: 'Mailbox', body: `<h1>Mailbox</h1>\n<p>${about}</p>\n${list}` })
}

function messageOf({ id, sentAt, from, to, subject, text }: Mail): Page {
  const facts = { From: from, To: to, Sent: sentAt }
  const rows = Object.entries(facts).map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`)
  return page({
    title: subject,
    body: `<p><a href="/mailbox">Mailbox</a></p>
<h1>${escaped(subject)}</h1>
<dl>${rows.join('')}</dl>
<h2>As text</h2>
<pre>${withLinks(text)}</pre>
<h2>As HTML, without pictures</h2>
<iframe src="/mailbox/${escaped(id)}.html" sandbox title="The message as HTML"></iframe>`,
    allows: "frame-src 'self'",
  })
}

/** The links of the text, to click on; everything else as it is written. */
function withLinks(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"']+)/)
    .map((part, index) =>
      index % 2 === 0 ? escaped(part) : `<a href="${escaped(part)}" rel="noreferrer noopener">${escaped(part)}</a>`,
    )
    .join('')
}
