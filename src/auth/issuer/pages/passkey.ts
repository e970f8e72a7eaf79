import { escaped } from '../../../pages/page.ts'
import type { Texts } from '../texts/locales.ts'
import type { Forms } from './sign-in.ts'

/** What a page does with a passkey: finds out who is there, has somebody show theirs, or makes one. */
type Does = 'sign-in' | 'prove' | 'add'

/**
 * The form that the script fills. It shows it, too, where the browser has passkeys, so that nobody sees a button that does
 * nothing; `more` stands before the button.
 */
export function passkeyForm({ path, token, hasPasskeys }: Forms, texts: Texts, does: Does, more = ''): string {
  if (!hasPasskeys) return ''
  const [step, label, failed] = {
    'sign-in': ['passkey', texts.passkeySignIn, texts.passkeyFailed] as const,
    prove: ['passkey', texts.passkeyUse, texts.passkeyFailed] as const,
    add: ['add', texts.passkeyAdd, texts.passkeyNotMade] as const,
  }[does]
  return `<form id="passkey" method="post" action="${escaped(`${path}/${step}`)}" data-does="${does}" data-failed="${escaped(failed)}" data-known="${escaped(texts.passkeyKnown)}" hidden>
<input type="hidden" name="token" value="${escaped(token)}">
<input type="hidden" name="credential" value="">
${more}<button type="submit">${escaped(label)}</button>
<p id="passkey-status" role="status"></p>
</form>
`
}
