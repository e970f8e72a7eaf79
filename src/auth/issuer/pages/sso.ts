import { escaped, type Page } from '../../../pages/page.ts'
import type { ConnectorTest } from '../../../sso/sso-connector.loaders.ts'
import type { Form } from '../../../sso/started.ts'
import { textsOf } from '../texts/locales.ts'
import { issuerPage, type Look, plainly } from './layout.ts'
import { abortForm, type Forms, form } from './sign-in.ts'

/**
 * Leads on to a provider. By a page: browsers hold the redirects of a form to the origins that the form's page names, and
 * those of all providers are too many to name.
 */
export function goingPage(look: Look, url: string): Page {
  const texts = textsOf(look.locale)
  const body = `<p role="status">${escaped(texts.goingElsewhereHelp)}</p>
<p><a href="${escaped(url)}">${escaped(texts.goOn)}</a></p>`
  const shown = issuerPage(look, { title: texts.goingElsewhere, body })
  return { ...shown, headers: { ...shown.headers, refresh: `0; url=${url}` } }
}

/** Asks who is signed in whether to sign in at a provider instead. */
export function otherAccountPage(look: Look, forms: Forms, person: string): Page {
  const texts = textsOf(look.locale)
  const body = `<p>${escaped(texts.consentAs(person))}</p>
<p>${escaped(texts.elsewhereQuestion)}</p>
${form(forms, 'elsewhere')}
<button type="submit">${escaped(texts.goOn)}</button>
</form>
${abortForm(forms, texts.cancel)}`
  return issuerPage(look, { title: texts.goingElsewhere, body })
}

/** A form that sends itself to a provider; without scripts, by its button. The provider may lead on to wherever it signs in. */
export function formPage(locale: string, { url, fields }: Form): Page {
  const texts = textsOf(locale)
  const hidden = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  )
  const body = `<p role="status">${escaped(texts.goingElsewhereHelp)}</p>
<form method="post" action="${escaped(url)}">
${hidden.join('\n')}
<button>${escaped(texts.goOn)}</button>
</form>`
  const look = { locale, branding: null, returnsTo: 'https:' }
  return issuerPage(look, { title: texts.goingElsewhere, body, script: 'document.forms[0].submit()' })
}

/**
 * Leads from the answer of a provider to where the cookie of the sign-in is. By a page: the form of the provider came from
 * elsewhere, and its own rules would hold every redirect after it.
 */
export function backPage(locale: string, path: string): Page {
  const texts = textsOf(locale)
  const body = `<p role="status">${escaped(texts.comingBackHelp)}</p>
<p><a href="${escaped(path)}">${escaped(texts.goOn)}</a></p>`
  const shown = issuerPage(plainly(locale), { title: texts.comingBack, body })
  return { ...shown, headers: { ...shown.headers, refresh: `0; url=${path}` } }
}

/** Why an answer of a provider leads nowhere. */
export function problemPage(locale: string, status: number, problem: string): Page {
  const body = `<p role="alert">${escaped(problem)}</p>`
  return issuerPage(plainly(locale), { title: textsOf(locale).errorTitle, body, status })
}

/** How a test sign-in went, for whoever made it. */
export function testPage(locale: string, name: string, { isPassed, steps, attributes }: ConnectorTest): Page {
  const texts = textsOf(locale)
  const made = steps.map(
    step => `<li>${escaped(step.name)}, ${escaped(texts.testStep(step.isPassed))}: ${escaped(step.message)}</li>`,
  )
  const sent = attributes.map(one => `<dt>${escaped(one.name)}</dt><dd>${escaped(one.value)}</dd>`)
  const body = `<p role="status">${escaped(isPassed ? texts.testPassed : texts.testFailed)}</p>
<ol>
${made.join('\n')}
</ol>
<h2>${escaped(texts.testAttributes)}</h2>
<dl>
${sent.join('\n')}
</dl>`
  return issuerPage(plainly(locale), { title: texts.testTitle(name), body })
}
