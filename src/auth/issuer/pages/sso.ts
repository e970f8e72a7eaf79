import { escaped, type Page } from '../../../pages/page.ts'
import type { ConnectorTest } from '../../../sso/sso-connector.loaders.ts'
import { textsOf } from '../texts/locales.ts'
import { issuerPage, type Look } from './layout.ts'

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
  return issuerPage({ locale, branding: null, returnsTo: null }, { title: texts.testTitle(name), body })
}
