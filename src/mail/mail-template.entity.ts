import { defineEntity, p } from '@mikro-orm/postgresql'

/** What an operator put in place of our own template, for one language or, without a locale, for all others. */
export const MailTemplate = defineEntity({
  name: 'MailTemplate',
  tableName: 'mail_template',
  properties: {
    kind: p.text().primary().$type<'INVITATION'>(),
    locale: p.text().primary(),
    subject: p.text(),
    text: p.text(),
    html: p.text(),
    updatedAt: p.datetime(3),
  },
})
