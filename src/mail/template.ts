import mustache from 'mustache'
import type { InputIssue } from '../errors.ts'

/** A message before it is filled in, in the language of Mustache. */
export interface Template {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** What a template of an invitation can name. An empty one is false in a section. */
export const variables = {
  organizationName: 'The name of the organization.',
  organizationLogoUrl: 'The https address of its logo; empty when it has none.',
  primaryColor: 'Its color, as `#1a2b3c`; a default where it has none.',
  onPrimaryColor: 'Black or white, whichever can be read on that color.',
  inviterName: 'Who invites; empty when they are gone.',
  roleNames: 'The roles on offer, separated by commas; empty without any.',
  email: 'The invited address.',
  expiresAt: 'Until when it can be answered, in the language of the template, in UTC.',
  link: 'The link. It opens the invitation for whoever has it.',
} as const satisfies Record<string, string>
export type Values = Readonly<Record<keyof typeof variables, string>>

/** The message. What the values hold is text in all three: no tag in the HTML, no line of its own anywhere. */
export function rendered(template: Template, values: Readonly<Record<string, string>>): Template {
  const safe = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, onOneLine(value)]))
  const asText = (part: string) => mustache.render(part, safe, {}, { escape: String })
  return {
    subject: onOneLine(asText(template.subject)),
    text: asText(template.text),
    html: mustache.render(template.html, safe),
  }
}

// Line breaks make headers, and direction marks make one thing look like another.
const onOneLine = (text: string) => text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim()

const limits = { subject: 200, text: 20_000, html: 100_000 } as const

/** What is wrong with a template; nothing, if it can be used. */
export function issuesOf(template: Template): InputIssue[] {
  return (['subject', 'text', 'html'] as const).flatMap(part =>
    problemsOf(part, template[part]).map(message => ({ path: ['input', part], message })),
  )
}

function problemsOf(part: keyof Template, source: string): string[] {
  if (source.trim() === '') return ['This cannot be empty.']
  if (source.length > limits[part]) return [`This has at most ${limits[part]} characters.`]
  if (part === 'subject' && /\p{Cc}/u.test(source)) return ['A subject is one line.']
  let used: Set<string>
  try {
    used = new Set(namesIn(mustache.parse(source), []))
  } catch (error) {
    return [`This is no Mustache template: ${error instanceof Error ? error.message : String(error)}.`]
  }
  const unknown = [...used].filter(name => !Object.hasOwn(variables, name))
  const known = Object.keys(variables).join(', ')
  return [
    ...unknown.map(name => `There is no {{${name}}}. There are: ${known}.`),
    ...(part === 'subject' || alwaysHasLink(source) ? [] : ['Without {{link}} nobody can answer the invitation.']),
  ]
}

const optional = ['organizationLogoUrl', 'inviterName', 'roleNames'] as const satisfies (keyof Values)[]

/** Whether it shows the link, whichever of the values are empty: naming it in a section is not showing it. */
function alwaysHasLink(source: string): boolean {
  let mark = 'link'
  while (source.includes(mark)) mark += 'x'
  const filled = Object.fromEntries(Object.keys(variables).map(name => [name, name === 'link' ? mark : ' ']))
  return Array.from({ length: 2 ** optional.length }, (_, chosen) =>
    optional.filter((_name, index) => (chosen >> index) % 2 === 1),
  ).every(empty => {
    const values = { ...filled, ...Object.fromEntries(empty.map(name => [name, ''])) }
    return mustache.render(source, values).includes(mark)
  })
}

type Token = ReturnType<typeof mustache.parse>[number]

function namesIn(tokens: readonly Token[], found: string[]): string[] {
  for (const [kind, name, , , inner] of tokens) {
    // Another template, raw HTML and other delimiters are ways around the escaping.
    if (kind === '>') throw new Error('another template cannot be included')
    if (kind === '&') throw new Error(`{{{${name}}}} and {{&${name}}} are not escaped: write {{${name}}}`)
    if (kind === '=') throw new Error('the delimiters are {{ and }}')
    if (kind === 'name' || kind === '#' || kind === '^') found.push(name)
    if (Array.isArray(inner)) namesIn(inner, found)
  }
  return found
}

/** `de-AT` is looked for as `de-AT`, then as `de`, then as the default. */
export function localeChain(locale: string | null): string[] {
  if (locale === null || locale === '') return ['']
  return [locale, ...localeChain(locale.split('-').slice(0, -1).join('-'))]
}

/** The tag in its one spelling, such as `de-AT`; null for what is none. */
export function canonicalLocale(text: string): string | null {
  try {
    const [tag] = text.length <= 35 ? Intl.getCanonicalLocales(text) : []
    return tag ?? null
  } catch {
    return null
  }
}
