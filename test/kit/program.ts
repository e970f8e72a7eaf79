import { expect } from 'vitest'
import { codeAt, stepAt } from '../../src/auth/issuer/second-factor/totp.ts'
import type { Shown } from './browser.ts'

/** What a program on the user's device does with the secret of the page. */
export function programOf({ html }: Pick<Shown, 'html'>) {
  const typed = /<code>([A-Z2-7 ]+)<\/code>/.exec(html)?.[1]?.replaceAll(' ', '') ?? ''
  expect(html).toContain(`secret=${typed}&amp;issuer=`)
  const bits = [...typed].map(letter => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
  const secret = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)))
  return (now: Date, ahead = 0) => codeAt(secret, stepAt(now) + ahead)
}
