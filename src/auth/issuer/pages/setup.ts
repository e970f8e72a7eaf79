import { escaped, type Page } from '../../../pages/page.ts'
import type { SetupConnector, SetupDomain, SetupTest } from '../setup/read.ts'
import { textsOf } from '../texts/locales.ts'
import { alert, issuerPage, type Look } from './layout.ts'
import { atProvider, changing, connecting, serving } from './setup-connect.ts'
import { facts, field, type SetupView, setupForm } from './setup-parts.ts'

/** Takes a setup link out of the address, where no server has seen it. Without scripts, it is pasted. */
export function openingPage(look: Look, hasSession: boolean): Page {
  const texts = textsOf(look.locale)
  const goOn = `<p><a href="/sso/setup/connector">${escaped(texts.setup.goOn)}</a></p>`
  const body = `<p role="status">${escaped(texts.setup.opening)}</p>
<form method="post" action="/sso/setup/open">
<label for="link">${escaped(texts.setup.link)}</label>
<input id="link" name="link" required maxlength="2048" autocomplete="off" spellcheck="false">
<button type="submit">${escaped(texts.setup.open)}</button>
</form>
${hasSession ? goOn : ''}`
  return ours(issuerPage(look, { title: texts.setup.title, body, script: openingScript }))
}

// The address is cleared first: no history keeps the link.
const openingScript = `
const open = () => {
  const link = location.hash.slice(1)
  if (link === '') return
  history.replaceState(null, '', location.pathname)
  document.getElementById('link').value = link
  document.forms[0].submit()
}
addEventListener('hashchange', open)
open()
`

/** What everybody sees whose link opens nothing, whatever the reason. */
export function overPage(look: Look): Page {
  const texts = textsOf(look.locale)
  const body = `<p role="alert">${escaped(texts.setup.over)}</p>`
  return ours(issuerPage(look, { title: texts.setup.title, body, status: 404 }))
}

/** For a form that another page sent, or an older session. */
export function forgedPage(look: Look): Page {
  const texts = textsOf(look.locale)
  const body = `<p role="alert">${escaped(texts.setup.forged)}</p>`
  return ours(issuerPage(look, { title: texts.setup.title, body, status: 403 }))
}

/** The end of it. */
export function donePage(look: Look, name: string): Page {
  const texts = textsOf(look.locale)
  const body = `<p role="status">${escaped(texts.setup.doneIntro(name))}</p>`
  return ours(issuerPage(look, { title: texts.setup.done, body }))
}

/** Everything that is to be done, in order, and how far it is. */
export function setupPage(look: Look, view: SetupView): Page {
  const { texts, state, expiresAt, problems, locale } = view
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
  const general = problems.filter(one => one.field === null).map(one => one.message)
  const { connector } = state
  const body = `${alert(general.length === 0 ? null : general.join(' '))}<p class="quiet">${escaped(texts.setup.about(format.format(expiresAt)))}</p>
<h2 id="domains">1. ${escaped(texts.setup.domains)}</h2>
${domains(view)}
<h2 id="provider">2. ${escaped(texts.setup.provider)}</h2>
${connector === null ? connecting(view) : connected(view, connector)}
${connector === null ? '' : `<h2 id="test">3. ${escaped(texts.setup.test)}</h2>\n${testing(view, connector)}\n<h2 id="on">4. ${escaped(texts.setup.on)}</h2>\n${switching(view, connector)}`}`
  const status = problems.length === 0 ? 200 : 422
  return ours(issuerPage(look, { title: texts.setup.for(state.organizationName), body, status }))
}

function domains(view: SetupView): string {
  const { texts, state } = view
  if (state.domains === null) return `<p>${escaped(texts.setup.domainsHidden)}</p>`
  const shown = state.domains.filter(one => state.mayClaim || one.status === 'VERIFIED')
  const list =
    shown.length === 0 ? '' : `\n<ul class="plain">\n${shown.map(one => domainItem(view, one)).join('\n')}\n</ul>`
  if (!state.mayClaim)
    return shown.length === 0
      ? `<p>${escaped(texts.setup.domainsNone)}</p>`
      : `<p>${escaped(texts.setup.domainsIntro)}</p>${list}`
  return `<p>${escaped(texts.setup.domainsIntro)}</p>${list}
${setupForm(view, 'claim')}
${field(view, { name: 'domain', label: texts.setup.domain, help: texts.setup.domainHelp, more: 'required maxlength="253" autocomplete="off"' })}
<button type="submit">${escaped(texts.setup.claim)}</button>
</form>`
}

function domainItem(view: SetupView, { id, domain, status, dnsRecord }: SetupDomain): string {
  const { texts } = view
  const title = `<strong>${escaped(domain)}</strong>: ${escaped(texts.setup.domainStates[status])}`
  if (status === 'VERIFIED') return `<li>${title}</li>`
  return `<li>${title}
<p>${escaped(texts.setup.recordIntro(domain))}</p>
${facts([
  [texts.setup.recordName, dnsRecord.name],
  [texts.setup.recordValue, dnsRecord.value],
])}
${setupForm(view, 'check')}
<input type="hidden" name="emailDomainId" value="${escaped(id)}">
<button type="submit" aria-label="${escaped(texts.setup.checkOf(domain))}">${escaped(texts.setup.check)}</button>
</form></li>`
}

function connected(view: SetupView, connector: SetupConnector): string {
  const { texts } = view
  const protocol = connector.__typename === 'OidcConnector' ? 'OIDC' : 'SAML'
  const provider = view.choice?.provider ?? connector.preset ?? 'OTHER'
  const isKnown = provider === 'MICROSOFT_ENTRA_ID' || provider === 'OKTA' || provider === 'GOOGLE_WORKSPACE'
  const boxes = serving(view, connector)
  return `<p role="status">${escaped(texts.setup.connected)}: <strong>${escaped(connector.name)}</strong></p>
${atProvider(view, { provider: isKnown ? provider : 'OTHER', protocol })}
${boxes === '' ? '' : `${setupForm(view, 'serve')}\n${boxes}\n<button type="submit">${escaped(texts.setup.save)}</button>\n</form>\n`}${changing(view, connector)}`
}

function testing(view: SetupView, { lastTest }: SetupConnector): string {
  const { texts } = view
  return `<p>${escaped(texts.setup.testIntro)}</p>
${setupForm(view, 'test', ' target="_blank" rel="noopener"')}
<button type="submit">${escaped(lastTest === null ? texts.setup.testStart : texts.setup.testAgain)}</button>
</form>
<form method="get" action="/sso/setup/connector">
<button type="submit">${escaped(texts.setup.testLook)}</button>
</form>
${lastTest === null ? `<p>${escaped(texts.setup.testNone)}</p>` : result(view, lastTest)}`
}

function result({ texts }: SetupView, { isPassed, steps, attributes }: SetupTest): string {
  const made = steps.map(
    step => `<li>${escaped(step.name)}, ${escaped(texts.testStep(step.isPassed))}: ${escaped(step.message)}</li>`,
  )
  const sent = facts(attributes.map(({ name, value }) => [name, value] as const))
  return `<p role="status"${isPassed ? '' : ' class="problem"'}><strong>${escaped(isPassed ? texts.setup.testPassed : texts.setup.testFailed)}</strong></p>
<ol>
${made.join('\n')}
</ol>
${attributes.length === 0 ? '' : `<details>\n<summary>${escaped(texts.testAttributes)}</summary>\n${sent}\n</details>`}`
}

function switching(view: SetupView, { testedAt, isUsable }: SetupConnector): string {
  const { texts } = view
  if (testedAt === null) return `<p>${escaped(texts.setup.onFirst)}</p>`
  const [told, label] = isUsable
    ? [texts.setup.onAlready, texts.setup.onDone]
    : [texts.setup.onIntro, texts.setup.onNow]
  return `<p>${escaped(told)}</p>
${setupForm(view, 'finish')}
<button type="submit">${escaped(label)}</button>
</form>`
}

/** Nothing of the address leaves our own pages; but forms say where they come from, by which others are refused. */
function ours(shown: Page): Page {
  return { ...shown, headers: { ...shown.headers, 'referrer-policy': 'same-origin' } }
}
