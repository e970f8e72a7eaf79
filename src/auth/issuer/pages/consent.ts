import { escaped, type Page } from '../../../pages/page.ts'
import { type Texts, textsOf } from '../texts/locales.ts'
import { issuerPage, type Look } from './layout.ts'
import { abortForm, type Forms, form } from './sign-in.ts'

interface Consent {
  readonly client: string
  readonly email: string
  /** Of OpenID Connect. */
  readonly scopes: readonly string[]
  /** Where the product wants to act for the user, and what it wants to do there. */
  readonly organization: Place | null
  readonly isThirdParty: boolean
}
interface Place {
  readonly organizationName: string
  readonly permissions: readonly { readonly key: string; readonly description: string }[]
}

/**
 * Asks whether somebody else's product may know what it asks for, and do so in an organization; or, for a program on a
 * device, whether to go on to it.
 */
export function consentPage(look: Look, forms: Forms, consent: Consent): Page {
  const { client, email, scopes, organization, isThirdParty } = consent
  const texts = textsOf(look.locale)
  const known = list(scopes.map(scope => escaped(texts.scopes[scope] ?? scope)))
  const asked = `<p>${escaped(texts.consentIntro)}</p>\n${known}${organization === null ? '' : placed(texts, organization)}`
  return issuerPage(look, {
    title: isThirdParty ? texts.consentTitle(client) : texts.consentNative(client),
    body: `<p>${escaped(texts.consentAs(email))}</p>
${isThirdParty ? asked : ''}${form(forms, 'consent')}
<button type="submit">${escaped(isThirdParty ? texts.allow : texts.goOn)}</button>
</form>
${abortForm(forms, texts.cancel)}`,
  })
}

function placed(texts: Texts, { organizationName, permissions }: Place): string {
  const items = permissions.map(({ key, description }) => `${escaped(description)} (<code>${escaped(key)}</code>)`)
  if (items.length === 0) return `<p>${escaped(texts.consentMemberOnly(organizationName))}</p>\n`
  return `<p>${escaped(texts.consentPlace(organizationName))}</p>\n${list(items)}<p class="quiet">${escaped(texts.consentEnds)}</p>\n`
}

/** Of HTML. */
const list = (items: readonly string[]) => `<ul>\n${items.map(item => `<li>${item}</li>`).join('\n')}\n</ul>\n`
