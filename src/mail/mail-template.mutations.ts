import { z } from 'zod'
import type { Context } from '../context.ts'
import { InvalidInputError } from '../errors.ts'
import { inDeployment } from '../graphql/guards.ts'
import { mutation } from '../graphql/mutation.ts'
import { defaultTemplate } from './default-template.ts'
import { MailKind, MailTemplateRef, type ShownTemplate } from './mail-template.schema.ts'
import { resetMailTemplate, setMailTemplate, type TemplateKey } from './mail-template.service.ts'
import { canonicalLocale, localeChain } from './template.ts'

const localeText = 'Which language, a tag such as `de` or `de-AT`, at most 35 characters; absent: the default.'
const locale = z
  .string()
  .refine(text => canonicalLocale(text) !== null, 'This is not a language tag, such as de or de-AT.')
  .transform(text => canonicalLocale(text))
const keyOf = (input: { kind: 'INVITATION'; locale?: string | null | undefined }): TemplateKey => ({
  kind: input.kind,
  locale: input.locale ?? '',
})

/** What a mail of this language is written by now. */
async function inUse({ kind, locale }: TemplateKey, _args: object, { load }: Context): Promise<ShownTemplate> {
  const rows = await load.mailTemplatesByKind.load(kind)
  const found = localeChain(locale).flatMap(one => rows.find(row => row.locale === one) ?? [])[0]
  return found ?? { kind, locale: '', ...defaultTemplate }
}

mutation('setMailTemplate', {
  description:
    'Puts a template of yours in place, for one language or as the default. What is wrong with it is told, and nothing is saved. For operators: requires `template:write`.',
  input: t => ({
    kind: t.field({ type: MailKind, required: true, description: 'What the mail is about.' }),
    locale: t.string({ description: localeText }),
    subject: t.string({ required: true, description: 'One line of Mustache, at most 200 characters.' }),
    text: t.string({
      required: true,
      description: 'The plain text, at most 20000 characters of Mustache; with `{{link}}`.',
    }),
    html: t.string({
      required: true,
      description: 'The HTML, at most 100000 characters of Mustache; with `{{link}}`. What is filled in is escaped.',
    }),
    isTrial: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Saves nothing: the payload shows what it would be, with its preview.',
    }),
  }),
}).does({
  valid: z.object({ locale: locale.nullish() }),
  guard: inDeployment('template:write'),
  errors: [InvalidInputError],
  run: async (tx, { isTrial, subject, text, html, ...input }) => {
    const key = keyOf(input)
    const template = { subject, text, html }
    await setMailTemplate(tx, key, template, isTrial)
    return { key, trial: isTrial ? { ...key, ...template } : null }
  },
  payload: t => ({
    mailTemplate: t.field({
      type: MailTemplateRef,
      description: 'The template as it is now, or would be.',
      resolve: ({ key, trial }, args, context) => trial ?? inUse(key, args, context),
    }),
  }),
})

mutation('resetMailTemplate', {
  description:
    'Takes your template of one language, or your default, away again; without one, nothing changes. For operators: requires `template:write`.',
  input: t => ({
    kind: t.field({ type: MailKind, required: true, description: 'What the mail is about.' }),
    locale: t.string({ description: localeText }),
  }),
}).does({
  valid: z.object({ locale: locale.nullish() }),
  guard: inDeployment('template:write'),
  errors: [InvalidInputError],
  run: async (tx, input) => {
    const key = keyOf(input)
    await resetMailTemplate(tx, key)
    return key
  },
  payload: t => ({
    mailTemplate: t.field({
      type: MailTemplateRef,
      description: 'The template that mails of this language are written by from now on.',
      resolve: inUse,
    }),
  }),
})
