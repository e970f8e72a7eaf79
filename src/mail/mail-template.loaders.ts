import { manyBy } from '../db/loaders.ts'
import { type Db, type Instant, statement } from '../db/statement.ts'
import type { Template } from './template.ts'

export interface MailTemplateRow extends Template {
  readonly kind: 'INVITATION'
  /** Empty: the default. */
  readonly locale: string
  readonly updatedAt: Instant
}

const byKind = statement(
  'mail_templates_by_kind',
  `select kind, locale, subject, text, html, updated_at as "updatedAt" from mail_template where kind = any($1::text[])
   order by locale collate "C"`,
)

export function mailTemplateLoaders(db: Db) {
  return {
    /** Those that an operator put in place, the default first. */
    mailTemplatesByKind: manyBy<MailTemplateRow>(db, byKind, row => row.kind),
  }
}
