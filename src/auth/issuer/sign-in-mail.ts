import { createHmac, randomInt } from 'node:crypto'
import { statement } from '../../db/statement.ts'
import type { MailQueue, Taken } from '../../mail/delivery.ts'
import { rendered, type Template } from '../../mail/template.ts'
import type { DeriveKey } from './secret.ts'
import { textsOf } from './texts/locales.ts'

interface TakenCode extends Taken {
  readonly email: string
  readonly locale: string
  readonly isOver: boolean
}

const take = statement(
  'take_sign_in_mail',
  `update sign_in_code c set send_attempts = c.send_attempts + 1, due_at = $2
   from (
     select id from sign_in_code where status = 'QUEUED' and due_at <= $1 order by due_at limit $3 for update skip locked
   ) due
   where c.id = due.id
   returning c.id, c.send_attempts as attempts, c.email, c.locale, c.expires_at <= $1 as "isOver"`,
)
const keepCode = statement(
  'keep_sign_in_code',
  `update sign_in_code set code_hash = $3 where id = $1 and send_attempts = $2 and status = 'QUEUED' returning id`,
)
const settle = statement(
  'settle_sign_in_mail',
  `update sign_in_code set status = $3, due_at = $4, closed_at = case when $3 = 'QUEUED' then null else $5::timestamptz end
   where id = $1 and send_attempts = $2 and status = 'QUEUED'`,
)

/** What is kept of a code: of this request alone, and not to be guessed back without the secret. */
export function codeHash(derive: DeriveKey, id: string, code: string): string {
  return createHmac('sha256', derive('sign-in codes')).update(`${id} ${code}`).digest('base64url')
}

/** Mail of sign-in codes. A code is made as it is sent: until then there is none, and later only its hash. */
export function signInMail(derive: DeriveKey): MailQueue<TakenCode> {
  return {
    async take(tx, most, leasedUntil) {
      return tx.rows<TakenCode>(take, [tx.now, leasedUntil, most])
    },
    async prepare(tx, { id, attempts, email, locale, isOver }) {
      if (isOver) {
        await tx.rows(settle, [id, attempts, 'CANCELLED', tx.now, tx.now])
        return null
      }
      const code = randomInt(1_000_000).toString().padStart(6, '0')
      const kept = await tx.rows(keepCode, [id, attempts, codeHash(derive, id, code)])
      if (kept.length === 0) return null
      return { to: email, ...composed(locale, code, tx.config.mail?.from.name ?? '') }
    },
    async settle(tx, { id, attempts }, { status, dueAt }) {
      await tx.rows(settle, [id, attempts, status, dueAt, tx.now])
    },
  }
}

const template: Template = {
  subject: '{{subject}}',
  text: '{{intro}}\n\n    {{code}}\n\n{{after}}\n\n{{ignore}}\n',
  html: `<!doctype html>
<html lang="{{locale}}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{subject}}</title></head>
<body style="margin:0;background:#f4f4f6;color:#1c1c21;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
<div style="max-width:34rem;margin:0 auto;padding:2rem 1rem">
<div style="background:#ffffff;border-radius:8px;padding:2rem">
<p style="margin:0 0 1rem">{{intro}}</p>
<p style="margin:0 0 1rem;font-size:2rem;letter-spacing:.25em;font-weight:600">{{code}}</p>
<p style="margin:0 0 1rem">{{after}}</p>
<p style="margin:0;font-size:.875rem;color:#54545f">{{ignore}}</p>
</div>
</div>
</body>
</html>
`,
}

// Who sends it says for what it is: no organization, since anybody could have one of any name mailed to anybody.
function composed(locale: string, code: string, sender: string): Template {
  const texts = textsOf(locale)
  const name = sender === '' ? 'Tenantry' : sender
  return rendered(template, {
    subject: texts.mailSubject(name, code),
    intro: texts.mailIntro(name),
    after: texts.mailAfter,
    ignore: texts.mailIgnore,
    locale,
    code,
  })
}
