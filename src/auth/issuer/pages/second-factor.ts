import { renderSVG } from 'uqr'
import { escaped, type Page } from '../../../pages/page.ts'
import { passkeyScript } from '../passkeys/browser-script.ts'
import type { Factors } from '../passkeys/factors.ts'
import { textsOf } from '../texts/locales.ts'
import { alert, issuerPage, type Look } from './layout.ts'
import { passkeyForm } from './passkey.ts'
import { abortForm, describedBy, type Forms, form, invalid } from './sign-in.ts'

interface Asked {
  readonly problem: string | null
  readonly status?: number
}

/** Asks for a code of the user's program, or one of the recovery codes, or for a passkey: for what they have. */
export function factorPage(look: Look, forms: Forms, asked: Asked & Factors): Page {
  const { problem, status = 200, hasProgram, hasPasskey } = asked
  const texts = textsOf(look.locale)
  const byCode = `${form(forms, 'factor')}
<p id="help">${escaped(texts.factorHelp)}</p>
${codeField(texts.factorLabel, problem)}
<button type="submit">${escaped(texts.submitCode)}</button>
<button type="submit" name="also" value="remove">${escaped(texts.factorReplace)}</button>
</form>
`
  const byPasskey = `<p>${escaped(texts.passkeyAsked)}</p>
<noscript><p>${escaped(texts.passkeyNeedsScript)}</p></noscript>
${passkeyForm(forms, texts, 'prove')}`
  return issuerPage(look, {
    title: hasProgram ? texts.factorTitle : texts.passkeyTitle,
    status,
    body: `${alert(problem)}${hasProgram ? byCode : ''}${hasPasskey ? byPasskey : ''}${abortForm(forms, texts.cancel)}`,
    ...(hasPasskey && forms.hasPasskeys && { script: passkeyScript }),
  })
}

interface Offer extends Asked {
  readonly secret: string
  readonly link: string
}

/** Offers a secret for the user's program, and asks for the first code of it. */
export function setUpPage(look: Look, forms: Forms, { secret, link, problem, status = 200 }: Offer): Page {
  const texts = textsOf(look.locale)
  const grouped = secret.replaceAll(/.{4}(?=.)/g, '$& ')
  return issuerPage(look, {
    title: texts.setUpTitle,
    status,
    body: `${alert(problem)}<p>${escaped(texts.setUpIntro)}</p>
${qrCode(link, texts.setUpCode)}
<p><a href="${escaped(link)}">${escaped(texts.setUpLink)}</a></p>
<p>${escaped(texts.setUpSecret)}</p>
<p><code>${escaped(grouped)}</code></p>
${form(forms, 'set-up')}
<p id="help">${escaped(texts.setUpConfirm)}</p>
${codeField(texts.codeLabel, problem)}
<button type="submit">${escaped(texts.goOn)}</button>
</form>
${abortForm(forms, texts.cancel)}`,
  })
}

/** A picture in the page itself: the secret goes through nobody else's hands, and the policy of the page stays as it is. */
function qrCode(link: string, label: string): string {
  return renderSVG(link, { border: 4, ecc: 'M' }).replace('<svg ', `<svg role="img" aria-label="${escaped(label)}" `)
}

/** Shows the recovery codes, this once. */
export function recoveryPage(look: Look, forms: Forms, shown: { codes: readonly string[]; proof: string }): Page {
  const texts = textsOf(look.locale)
  const items = shown.codes.map(code => `<li><code>${escaped(code)}</code></li>`).join('\n')
  return issuerPage(look, {
    title: texts.recoveryTitle,
    body: `<p role="status">${escaped(texts.recoveryIntro)}</p>
<ul>
${items}
</ul>
${form(forms, 'go-on')}
<input type="hidden" name="proof" value="${escaped(shown.proof)}">
<button type="submit">${escaped(texts.recoveryKept)}</button>
</form>`,
  })
}

const codeField = (label: string, problem: string | null) =>
  `<label for="code">${escaped(label)}</label>
<input id="code" name="code" autocomplete="one-time-code" maxlength="20" required autofocus aria-describedby="${describedBy('help', problem)}"${invalid(problem)}>`
