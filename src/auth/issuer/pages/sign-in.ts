import { escaped, type Page } from '../../../pages/page.ts'
import { passkeyScript } from '../passkeys/browser-script.ts'
import { textsOf } from '../texts/locales.ts'
import { alert, issuerPage, type Look } from './layout.ts'
import { passkeyForm } from './passkey.ts'

/** Where the forms of an interaction go, and what shows that they are ours. */
export interface Forms {
  readonly path: string
  readonly token: string
  /** Whether there are passkeys here. */
  readonly hasPasskeys: boolean
}
interface AddressForm {
  readonly email: string
  readonly problem: string | null
  readonly status?: number
  /** Whether the address is of who came to their provider: a code is offered beside, to whoever may do without it. */
  readonly offersCode?: boolean
}

/** Asks for an address. */
export function addressPage(look: Look, forms: Forms, asked: AddressForm): Page {
  const { email, problem, status = 200, offersCode = false } = asked
  const texts = textsOf(look.locale)
  const title = look.branding === null ? texts.signIn : texts.signInTo(look.branding.name)
  return issuerPage(look, {
    title,
    status,
    body: `${alert(problem)}${form(forms, 'address')}
<label for="email">${escaped(texts.emailLabel)}</label>
<input id="email" name="email" type="email" autocomplete="username webauthn" required maxlength="254" autofocus value="${escaped(email)}" aria-describedby="${describedBy('help', problem)}"${invalid(problem)}>
<p id="help" class="quiet">${escaped(offersCode ? texts.emailElsewhereHelp : texts.emailHelp)}</p>
<button type="submit">${escaped(offersCode ? texts.goOn : texts.sendCode)}</button>${offersCode ? `\n<button type="submit" name="by" value="code">${escaped(texts.codeInstead)}</button>` : ''}
</form>
${passkeyForm(forms, texts, 'sign-in')}${abortForm(forms, texts.cancel)}`,
    ...(forms.hasPasskeys && { script: passkeyScript }),
  })
}

interface CodeForm {
  readonly email: string
  readonly problem: string | null
  readonly isOver: boolean
  readonly status?: number
}

/** Asks for the code that was mailed. */
export function codePage(look: Look, forms: Forms, { email, problem, isOver, status = 200 }: CodeForm): Page {
  const texts = textsOf(look.locale)
  const entry = `${form(forms, 'code')}
<p id="help" role="status">${escaped(texts.codeSent(email))}</p>
<label for="code">${escaped(texts.codeLabel)}</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,7}" maxlength="7" required autofocus aria-describedby="${describedBy('help', problem)}"${invalid(problem)}>
<button type="submit">${escaped(texts.submitCode)}</button>
</form>
`
  return issuerPage(look, {
    title: texts.codeTitle,
    status,
    body: `${alert(problem)}${isOver ? '' : entry}<p><a href="${escaped(forms.path)}">${escaped(texts.otherEmail)}</a></p>
${abortForm(forms, texts.cancel)}`,
  })
}

/** The beginning of a form for a step; whoever uses it ends it. */
export const form = ({ path, token }: Forms, step: string) =>
  `<form method="post" action="${escaped(`${path}/${step}`)}">
<input type="hidden" name="token" value="${escaped(token)}">`

export const abortForm = (forms: Forms, label: string) =>
  `${form(forms, 'abort')}
<button type="submit">${escaped(label)}</button>
</form>`

export const describedBy = (help: string, problem: string | null) => (problem === null ? help : `problem ${help}`)
export const invalid = (problem: string | null) => (problem === null ? '' : ' aria-invalid="true"')
