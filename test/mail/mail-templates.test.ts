import { describe, expect, test } from 'vitest'
import { invite } from '../invitations/offers.ts'
import { operatorWith } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { mailsTo } from '../kit/mail.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'

const fields = 'kind locale subject text html isBuiltIn updatedAt preview { subject text html }'
const selection = (name: string) =>
  `... on ${name}Payload { mailTemplate { ${fields} } } ... on InvalidInputError { issues { path message } }`
const plain = { subject: 'Join {{organizationName}}', text: 'Here: {{link}}', html: '<a href="{{link}}">Here</a>' }
const set = ({ operator }: Pick<World, 'operator'>, input: object = {}) =>
  operator.mutate('setMailTemplate', { kind: 'INVITATION', ...plain, ...input }, selection('SetMailTemplate'))
const reset = ({ operator }: Pick<World, 'operator'>, locale?: string) =>
  operator.mutate('resetMailTemplate', { kind: 'INVITATION', locale }, selection('ResetMailTemplate'))
const list = async ({ operator }: Pick<World, 'operator'>) =>
  (await operator.query(`{ mailTemplates { ${fields} } }`)).mailTemplates

test('the built-in template is there until an operator puts one in place, and again after a reset', async () => {
  const w = await world({ isolated: true })
  expect(await list(w)).toMatchObject([{ kind: 'INVITATION', locale: null, isBuiltIn: true, updatedAt: null }])
  const { mailTemplate } = await set(w)
  expect(mailTemplate).toMatchObject({ ...plain, locale: null, isBuiltIn: false, updatedAt: w.clock().toISOString() })
  await set(w, { locale: 'DE-at', subject: 'Komm zu {{organizationName}}' })
  expect(await list(w)).toMatchObject([{ locale: null }, { locale: 'de-AT', isBuiltIn: false }])
  expect((await reset(w)).mailTemplate).toMatchObject({ locale: null, isBuiltIn: true })
  expect(await list(w)).toMatchObject([{ isBuiltIn: true }, { locale: 'de-AT' }])
})

test('a preview shows what it makes of sample data, with everything escaped', async () => {
  const w = await world({ isolated: true })
  const text = '{{inviterName}} asks {{email}} to {{organizationName}} as {{roleNames}} until {{expiresAt}}: {{link}}'
  const { mailTemplate } = await set(w, { text, html: `<p>${text}</p>` })
  expect(mailTemplate.preview.text).toMatch(
    /^Charles Babbage asks ada\.lovelace@example\.com to Example & Sons as Member until January 31, 2030 at 8:00\sAM UTC: http:\/\/127\.0\.0\.1:4000\/invitation#token=sample$/,
  )
  expect(mailTemplate.preview.html).toContain('Example &amp; Sons')
  expect(mailTemplate.preview.subject).toBe('Join Example & Sons')
})

test('a trial shows the preview and saves nothing; what is wrong is told all the same', async () => {
  const w = await world({ isolated: true })
  const { result, ...journal } = await written(w, () => set(w, { isTrial: true, locale: 'de' }))
  expect(result.mailTemplate).toMatchObject({ ...plain, locale: 'de', preview: { subject: 'Join Example & Sons' } })
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await list(w)).toMatchObject([{ isBuiltIn: true }])
  expect((await set(w, { isTrial: true, text: '{{nope}}' })).__typename).toBe('InvalidInputError')
})

describe('what cannot be used is told, and changes nothing', () => {
  test.each<[string, object, string, RegExp]>([
    [
      'an unknown variable',
      { subject: '{{organisationName}}' },
      'subject',
      /no \{\{organisationName\}\}.*organizationName/,
    ],
    ['an unknown section', { text: '{{#inviter}}x{{/inviter}} {{link}}' }, 'text', /no \{\{inviter\}\}/],
    ['a property of a value', { text: '{{link}} {{link.length}}' }, 'text', /no \{\{link\.length\}\}/],
    ['what every object has', { text: '{{link}} {{constructor}}' }, 'text', /no \{\{constructor\}\}/],
    ['raw HTML', { html: '{{link}} {{{organizationName}}}' }, 'html', /not escaped/],
    ['raw HTML in its other spelling', { html: '{{link}} {{&organizationName}}' }, 'html', /not escaped/],
    ['other delimiters', { html: '{{link}}{{=<% %>=}}<%& link %>' }, 'html', /delimiters/],
    ['another template', { text: '{{link}} {{>other}}' }, 'text', /included/],
    ['a section that does not end', { text: '{{link}} {{#inviterName}}' }, 'text', /Unclosed section/],
    ['a text without the link', { text: 'Hello' }, 'text', /Without \{\{link\}\}/],
    ['HTML without the link', { html: '<p>Hello</p>' }, 'html', /Without \{\{link\}\}/],
    [
      'a link that is only asked about',
      { text: '{{^link}}no{{/link}}{{#link}}{{/link}}' },
      'text',
      /Without \{\{link\}\}/,
    ],
    ['a link only where there is no link', { html: '{{^link}}{{link}}{{/link}}' }, 'html', /Without \{\{link\}\}/],
    ['a link only where somebody invites', { text: '{{#inviterName}}{{link}}{{/inviterName}}' }, 'text', /Without/],
    ['a link only without roles', { text: '{{^roleNames}}{{link}}{{/roleNames}}' }, 'text', /Without/],
    ['a subject of two lines', { subject: 'Hello\r\nBcc: evil@people.test' }, 'subject', /one line/],
    ['an empty subject', { subject: ' ' }, 'subject', /cannot be empty/],
    ['a long subject', { subject: 'x'.repeat(201) }, 'subject', /at most 200/],
    ['a language that is none', { locale: 'not a tag' }, 'locale', /language tag/],
  ])('%s', async (_, input, part, message) => {
    const w = await world()
    const { result, ...journal } = await written(w, () => set(w, input))
    expect(result).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: ['input', part] }] })
    expect(result.issues[0].message).toMatch(message)
    expect(actionsOf(journal)).toEqual(nothing)
  })
})

test('a link in both branches of a section is there always', async () => {
  const w = await world({ isolated: true })
  const text =
    '{{#inviterName}}{{inviterName}}: {{link}}{{/inviterName}}{{^inviterName}}{{#link}}{{link}}{{/link}}{{/inviterName}}'
  expect((await set(w, { text })).__typename).toBe('SetMailTemplatePayload')
})

test('a change is audited once, and saving the same again is none (MGT-3, TPL-5)', async () => {
  const w = await world({ isolated: true })
  const first = await written(w, () => set(w, { locale: 'de' }))
  expect(first.audit).toMatchObject([
    { where: 'deployment', action: 'MAIL_TEMPLATE_SET', target: 'MailTemplate INVITATION de' },
  ])
  expect(first.outbox).toEqual([
    { where: 'deployment', type: 'MAIL_TEMPLATE_SET', payload: { kind: 'INVITATION', locale: 'de' } },
  ])
  expect(actionsOf(await written(w, () => set(w, { locale: 'de' })))).toEqual(nothing)
  expect(actionsOf(await written(w, () => reset(w, 'de')))).toEqual({
    ...{ audit: ['MAIL_TEMPLATE_RESET'], outbox: ['MAIL_TEMPLATE_RESET'] },
  })
  expect(actionsOf(await written(w, () => reset(w, 'de')))).toEqual(nothing)
})

test('templates are for operators with template:write alone (MGT-2)', async () => {
  const w = await world({ isolated: true })
  const others = await operatorWith(w, ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'MANAGEMENT_WRITE'])
  for (const by of [w.owner, others]) {
    expect((await by.send('{ mailTemplates { subject } }')).errors[0]?.extensions.code).toBe('FORBIDDEN')
    expect(await by.refusal('setMailTemplate', { kind: 'INVITATION', ...plain })).toBe('FORBIDDEN')
    expect(await by.refusal('resetMailTemplate', { kind: 'INVITATION' })).toBe('FORBIDDEN')
  }
  const may = await operatorWith(w, ['TEMPLATE_WRITE'])
  expect((await may.mutate('setMailTemplate', { kind: 'INVITATION', ...plain })).__typename).toBe(
    'SetMailTemplatePayload',
  )
})

test('a mail is written in the language of the invitation: de-AT, else de, else the default', async () => {
  const w = await world({ isolated: true })
  const subjectFor = async (locale: string | null) => {
    const email = `${crypto.randomUUID()}@people.test`
    await w.owner.mutate('inviteMember', { organizationId: w.acme.id, email, locale })
    return (await mailsTo(w, email))[0]?.subject
  }
  expect(await subjectFor('de-AT')).toMatch(/ invites you to /)
  await set(w, { subject: 'default' })
  await set(w, { locale: 'de', subject: 'de bis {{expiresAt}}' })
  expect(await subjectFor('de-AT')).toMatch(/^de bis \d+\. \p{L}+ \d{4}/u)
  await set(w, { locale: 'de-AT', subject: 'de-AT' })
  expect([await subjectFor('de-at'), await subjectFor('fr'), await subjectFor(null)]).toEqual([
    'de-AT',
    'default',
    'default',
  ])
  await invite(w.owner, w.acme, 'ada@people.test')
  expect((await mailsTo(w, 'ada@people.test'))[0]?.subject).toBe('default')
})
