import { dateOf, type Instant } from '../../../db/statement.ts'
import { escaped, type Page } from '../../../pages/page.ts'
import { passkeyScript } from '../passkeys/browser-script.ts'
import type { ListedPasskey } from '../passkeys/passkeys.ts'
import { type Texts, textsOf } from '../texts/locales.ts'
import { alert, issuerPage, type Look } from './layout.ts'
import { passkeyForm } from './passkey.ts'
import { type Forms, form } from './sign-in.ts'

interface Account {
  readonly email: string
  readonly passkeys: readonly ListedPasskey[]
  readonly hasProgram: boolean
  /** Whether nothing can be changed in this session: an operator's, through a connector (SSO-10). */
  readonly isKept: boolean
  readonly problem: string | null
}

/** What somebody signs in with beside mailed codes: to add to it, rename, and remove. */
export function accountPage(look: Look, forms: Forms, { email, passkeys, hasProgram, isKept, problem }: Account): Page {
  const texts = textsOf(look.locale)
  const day = (at: Instant) =>
    new Intl.DateTimeFormat(look.locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(dateOf(at))
  const items = passkeys.map(one => item(forms, texts, { ...one, times: timesOf(texts, one, day) }))
  const list =
    items.length === 0 ? `<p>${escaped(texts.passkeysNone)}</p>` : `<ul class="plain">\n${items.join('\n')}\n</ul>`
  const name = `<label for="name">${escaped(texts.passkeyName)}</label>
<input id="name" name="name" maxlength="64" autocomplete="off">
`
  const adding = `<p>${escaped(texts.passkeyAddIntro)}</p>
<noscript><p>${escaped(texts.passkeyNeedsScript)}</p></noscript>
${passkeyForm(forms, texts, 'add', name)}`
  return issuerPage(look, {
    title: texts.accountTitle,
    status: problem === null ? 200 : 422,
    body: `${alert(problem)}<p>${escaped(texts.consentAs(email))} <a href="/oidc/session/end">${escaped(texts.signOut)}</a></p>
${isKept ? `<p role="status">${escaped(texts.accountKept)}</p>\n` : ''}<h2>${escaped(texts.accountPasskeys)}</h2>
${list}
${forms.hasPasskeys ? adding : `<p>${escaped(texts.passkeysNotHere)}</p>\n`}<h2>${escaped(texts.accountProgram)}</h2>
${hasProgram ? program(forms, texts) : `<p>${escaped(texts.programNone)} <a href="${escaped(`${forms.path}/set-up`)}">${escaped(texts.programSetUp)}</a></p>`}
<h2>${escaped(texts.accountSessions)}</h2>
<p>${escaped(texts.sessionsIntro)}</p>
${form(forms, 'sign-out')}
<button type="submit">${escaped(texts.signOutEverywhere)}</button>
</form>`,
    ...(forms.hasPasskeys && { script: passkeyScript }),
  })
}

/** What is there once nothing of the user is signed in any more. */
export function signedOutPage(locale: string): Page {
  const texts = textsOf(locale)
  const body = `<p role="status">${escaped(texts.signedOutEverywhere)}</p>`
  return issuerPage({ locale, branding: null, returnsTo: null }, { title: texts.signedOutTitle, body })
}

/** Where somebody comes who did not want to sign in to see that page. */
export function leftPage(locale: string, back: string): Page {
  const texts = textsOf(locale)
  const body = `<p role="status">${escaped(texts.accountLeft)}</p>\n<p><a href="${escaped(back)}">${escaped(texts.signIn)}</a></p>`
  return issuerPage({ locale, branding: null, returnsTo: null }, { title: texts.accountTitle, body })
}

const timesOf = (texts: Texts, { createdAt, lastUsedAt }: ListedPasskey, day: (at: Instant) => string) =>
  texts.passkeyTimes(day(createdAt), lastUsedAt === null ? null : day(lastUsedAt))

function item(forms: Forms, texts: Texts, { id, name, times }: ListedPasskey & { times: string }): string {
  const hidden = `<input type="hidden" name="id" value="${escaped(id)}">`
  return `<li><strong>${escaped(name)}</strong><br><span class="quiet">${escaped(times)}</span>
${form(forms, 'rename')}
${hidden}
<input name="name" value="${escaped(name)}" required maxlength="64" autocomplete="off" aria-label="${escaped(texts.renameOf(name))}">
<button type="submit" aria-label="${escaped(texts.renameOf(name))}">${escaped(texts.rename)}</button>
</form>
${form(forms, 'remove')}
${hidden}
<button type="submit" aria-label="${escaped(texts.removeOf(name))}">${escaped(texts.remove)}</button>
</form></li>`
}

const program = (forms: Forms, texts: Texts) =>
  `<p>${escaped(texts.programThere)}</p>
${form(forms, 'remove-program')}
<button type="submit">${escaped(texts.programRemove)}</button>
</form>`
