import { changesOf } from '../audit/changes.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import { deploymentId } from '../ids.ts'
import { defaultTemplate } from './default-template.ts'
import { issuesOf, type Template } from './template.ts'

export interface TemplateKey {
  readonly kind: 'INVITATION'
  /** Empty: the default. */
  readonly locale: string
}

/** How many languages a mail can be written in. */
const maxTemplates = 100

const put = statement(
  'put_mail_template',
  `insert into mail_template (kind, locale, subject, text, html, updated_at) values ($1, $2, $3, $4, $5, $6)
   on conflict (kind, locale) do update set subject = $3, text = $4, html = $5, updated_at = $6`,
)
const remove = statement(
  'remove_mail_template',
  'delete from mail_template where kind = $1 and locale = $2 returning kind',
)

/**
 * Puts a template in place of ours, for one language or as the default; a trial finds what is wrong with it, and no more.
 * @throws InvalidInputError when it cannot be used
 */
export async function setMailTemplate(tx: Tx, key: TemplateKey, template: Template, isTrial: boolean): Promise<void> {
  const issues = issuesOf(template)
  if (issues.length > 0) throw new InvalidInputError(issues)
  const { kind, locale } = key
  const templates = await tx.load.mailTemplatesByKind.load(kind)
  const found = templates.find(one => one.locale === locale)
  if (found === undefined && templates.length >= maxTemplates)
    throw new InvalidInputError([
      { path: ['input', 'locale'], message: `There are templates for ${maxTemplates} languages already.` },
    ])
  if (isTrial) return
  const { subject, text, html } = template
  const changes = changesOf(found ?? defaultTemplate, { subject, text, html })
  // Saving what is there already changes nothing (TPL-5).
  if (found !== undefined && changes.length === 0) return
  await tx.rows(put, [kind, locale, subject, text, html, tx.now])
  record(tx, 'MAIL_TEMPLATE_SET', key, changes)
}

/** Takes it away again; where there was none, nothing changes. */
export async function resetMailTemplate(tx: Tx, key: TemplateKey): Promise<void> {
  const removed = await tx.rows(remove, [key.kind, key.locale])
  if (removed.length > 0) record(tx, 'MAIL_TEMPLATE_RESET', key, [])
}

function record(
  tx: Tx,
  action: 'MAIL_TEMPLATE_SET' | 'MAIL_TEMPLATE_RESET',
  { kind, locale }: TemplateKey,
  changes: ReturnType<typeof changesOf>,
): void {
  const label = locale === '' ? kind : `${kind} ${locale}`
  const target = { type: 'MailTemplate', id: null, label }
  tx.record({ organizationId: deploymentId, action, target, changes })
  tx.emit(deploymentId, action, { kind, locale: locale === '' ? null : locale })
}
