import { builder } from '../graphql/builder.ts'
import { longList } from '../graphql/connection.ts'
import { defaultTemplate } from './default-template.ts'
import type { MailTemplateRow } from './mail-template.loaders.ts'
import { sampleOf } from './message.ts'
import type { Template } from './template.ts'

/** A template as it is shown: one that an operator put in place, ours, or one that is only being tried. */
export type ShownTemplate = Template & Pick<MailTemplateRow, 'kind' | 'locale'> & Partial<MailTemplateRow>

export const MailKind = builder.enumType('MailKind', {
  description: 'What a mail is about.',
  values: { INVITATION: { description: 'Somebody is invited to an organization.' } } as const,
})

const MailPreview = builder.objectRef<Template>('MailPreview').implement({
  description: 'A mail as it would look, filled with what an invitation could say.',
  fields: t => ({
    subject: t.exposeString('subject', { description: 'The subject line.' }),
    text: t.exposeString('text', { description: 'The mail as plain text.' }),
    html: t.exposeString('html', { description: 'The same as HTML: show it in a sandboxed frame only.' }),
  }),
})

export const MailTemplateRef = builder.objectRef<ShownTemplate>('MailTemplate').implement({
  description:
    'How a mail is written, in the language of Mustache: `{{organizationName}}`, `{{#inviterName}}…{{/inviterName}}`. What is filled in is escaped.',
  fields: t => ({
    kind: t.field({ type: MailKind, description: 'What it is about.', resolve: row => row.kind }),
    locale: t.string({
      nullable: true,
      description: 'Its language, such as `de-AT`; null for the default of every language that has none of its own.',
      resolve: row => (row.locale === '' ? null : row.locale),
    }),
    subject: t.exposeString('subject', { description: 'The subject line.' }),
    text: t.exposeString('text', { description: 'The plain text.' }),
    html: t.exposeString('html', { description: 'The HTML.' }),
    isBuiltIn: t.boolean({
      description: 'Whether it is the one that comes with the gateway.',
      resolve: row => row.updatedAt === undefined,
    }),
    updatedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When an operator put it in place; null for the built-in one, and for one that is only being tried.',
      resolve: row => row.updatedAt ?? null,
    }),
    preview: t.field({
      type: MailPreview,
      description: 'What it makes of sample data.',
      resolve: (row, _args, { config }) => sampleOf(row, row.locale, config),
    }),
  }),
})

builder.queryField('mailTemplates', t =>
  t.field({
    type: [MailTemplateRef],
    description:
      'How mails are written: the default, then each language that has its own; at most 101. For operators with `template:write`.',
    authScopes: { manages: 'template:write' },
    complexity: longList,
    resolve: async (_root, _args, { load }) => {
      const rows: readonly ShownTemplate[] = await load.mailTemplatesByKind.load('INVITATION')
      const ours: ShownTemplate = { kind: 'INVITATION', locale: '', ...defaultTemplate }
      return rows.some(row => row.locale === '') ? [...rows] : [ours, ...rows]
    },
  }),
)
