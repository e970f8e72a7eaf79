import { de } from './de.ts'
import { en, type Texts } from './en.ts'

const languages: Readonly<Record<string, Texts>> = { en, de }

export type { Texts }

/** The texts of a language; English for one that there is none of. */
export const textsOf = (locale: string): Texts => languages[locale] ?? en

/** When to try again, as the pages say it. */
export const timeOf = (at: Date): string => at.toISOString().slice(11, 16)

/** The first language that there are texts of: what the product asks for goes before what the browser does. */
export function localeOf(uiLocales: unknown, acceptLanguage: string | undefined): string {
  const asked = typeof uiLocales === 'string' ? uiLocales.split(' ') : []
  // RFC 9110, section 12.5.4: "de-AT, en;q=0.5"; more than a few are nobody's.
  const accepted = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map(item => item.trim().split(';q='))
    .map(([tag = '', weight = '1']) => ({ tag, weight: Number(weight) }))
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag)
  const primary = [...asked, ...accepted].map(tag => (tag.split('-')[0] ?? '').toLowerCase())
  return primary.find(language => Object.hasOwn(languages, language)) ?? 'en'
}
