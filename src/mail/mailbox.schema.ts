import { builder } from '../graphql/builder.ts'
import { longList } from '../graphql/connection.ts'
import type { Mail } from './mailbox.ts'

const DevelopmentMail = builder.objectRef<Mail>('DevelopmentMail').implement({
  description: 'A message that a development deployment kept in place of sending it.',
  fields: t => ({
    sentAt: t.field({
      type: 'DateTime',
      description: 'When it was put there.',
      resolve: mail => mail.sentAt,
    }),
    from: t.exposeString('from', { description: 'Whom it comes from: name and address.' }),
    to: t.exposeString('to', { description: 'The address it is for.' }),
    subject: t.exposeString('subject', { description: 'What it is about.' }),
    text: t.exposeString('text', { description: 'The message as plain text.' }),
    html: t.exposeString('html', { description: 'The same as HTML: show it in a sandboxed frame only.' }),
  }),
})

builder.queryField('developmentMailbox', t =>
  t.field({
    type: [DevelopmentMail],
    nullable: true,
    description:
      'The newest 1,000 messages, newest first, that a development deployment without a mail server kept. Null where there is a mail server, and in production. For operators with `management:write`.',
    authScopes: { manages: 'management:write' },
    complexity: longList,
    resolve: async (_root, _args, { services }) => (await services.mailer.mailbox?.list()) ?? null,
  }),
)
