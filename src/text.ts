import { z } from 'zod'

// PostgreSQL cannot store U+0000, and control characters in names only serve to deceive.
const plain = (text: string) => !/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text)
const notPlain = 'This cannot contain control characters.'

/** The first thing wrong with the characters of a name; null when nothing is. */
function wrongIn(text: string, unseen: RegExp): string | null {
  if (!/[^\p{Cf}\p{Z}]/u.test(text)) return 'A name has at least one character that can be seen.'
  if (!plain(text)) return notPlain
  return unseen.test(text) ? 'A name has no invisible characters.' : null
}

const nameWithout = (unseen: RegExp) =>
  z
    .string()
    .trim()
    .min(1, 'A name has at least 1 character.')
    .max(128, 'A name has at most 128 characters.')
    .superRefine((text, context) => {
      const message = text === '' ? null : wrongIn(text, unseen)
      if (message !== null) context.addIssue({ code: 'custom', message })
    })

/** The name of a thing: 1 to 128 characters after trimming, on one line; joiners shape words of some scripts, and stay. */
export const name = nameWithout(/(?![\u200c\u200d])\p{Cf}/u)

/**
 * The name of a role, which people tell from Owner and Admin at a glance: nothing in it is invisible, and look-alikes by
 * compatibility, such as fullwidth letters, are kept as what they look like, so that they are the same name (TPL-3).
 */
export const roleName = nameWithout(
  // A picture keeps what makes it one in color.
  /\p{Cf}|(?<!\p{Extended_Pictographic}(?=\ufe0f))\p{Default_Ignorable_Code_Point}/u,
)
  .transform(text => text.normalize('NFKC'))
  .pipe(name)

/** A text of several lines: so many characters at most, after trimming; empty counts as none. */
const lines = (longest: number, tooLong: string) =>
  z
    .string()
    .trim()
    .max(longest, tooLong)
    .refine(text => plain(text.replaceAll(/[\n\t]/g, ' ')), notPlain)
    .transform(text => (text === '' ? null : text))

/** A description: at most 256 characters. */
export const description = lines(256, 'A description has at most 256 characters.')

/** A word to somebody: at most 500 characters. */
export const message = lines(500, 'A message has at most 500 characters.')

/** An https address for something shown in a browser. */
export const httpsUrl = z
  .string()
  .trim()
  .max(2048, 'An address has at most 2048 characters.')
  .refine(
    text => URL.canParse(text) && new URL(text).protocol === 'https:',
    'This must be an absolute https:// address.',
  )
  .refine(plain, notPlain)

/** A color such as `#1a2b3c`. */
export const color = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^#[0-9a-f]{6}$/, 'A color is written as #1a2b3c.')

/** One line of text that a database and a page can show; anything else counts as absent. */
export function line(value: unknown, maxLength: number): string | null {
  if (typeof value !== 'string' || value.trim() === '' || value.length > maxLength) return null
  return value.isWellFormed() && !/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u.test(value) ? value : null
}

/** No control, no half of a character, and nothing else that cannot be seen. */
export const visibleText = /^\P{C}*$/u
export const notVisible = 'Only characters that can be seen.'
