import { escaped } from '../../../pages/page.ts'
import { ssoPresets } from '../../../sso/presets.ts'
import { samlPresets } from '../../../sso/saml/presets.ts'
import type { SetupConnector } from '../setup/read.ts'
import type { Texts } from '../texts/locales.ts'
import { area, type Choice, facts, field, problemAt, type SetupView, setupForm, steps } from './setup-parts.ts'

const providersOf = (texts: Texts) => [
  ...ssoPresets.map(({ provider, name }) => ({ provider, name })),
  { provider: 'OTHER' as const, name: texts.setup.other },
]

/** Chooses a provider; and once it is chosen, what to do there, and what to enter here. */
export function connecting(view: SetupView): string {
  const { texts, choice } = view
  return `${choosing(texts, choice)}${choice === null ? '' : `${atProvider(view, choice)}\n${enterHere(view, choice)}`}`
}

function choosing(texts: Texts, choice: Choice | null): string {
  const radio = (name: string, value: string, label: string, isChosen: boolean) =>
    `<label class="option"><input type="radio" name="${name}" value="${value}" required${isChosen ? ' checked' : ''}> ${escaped(label)}</label>`
  const providers = providersOf(texts).map(one =>
    radio('provider', one.provider, one.name, choice?.provider === one.provider),
  )
  return `<form method="get" action="/sso/setup/connector">
<fieldset><legend>${escaped(texts.setup.which)}</legend>
${providers.join('\n')}
</fieldset>
<fieldset><legend>${escaped(texts.setup.by)}</legend>
${radio('protocol', 'OIDC', 'OpenID Connect', choice?.protocol !== 'SAML')}
${radio('protocol', 'SAML', 'SAML 2.0', choice?.protocol === 'SAML')}
</fieldset>
<button type="submit">${escaped(texts.setup.choose)}</button>
</form>
`
}

/** What to do at the provider, and our addresses, which are known before anything is made. */
export function atProvider({ texts, addresses }: SetupView, { provider, protocol }: Choice): string {
  const preset = ssoPresets.find(one => one.provider === provider)
  const todo = preset === undefined ? [] : protocol === 'OIDC' ? preset.steps : samlPresets[preset.provider].steps
  const ours =
    protocol === 'OIDC'
      ? ([[texts.setup.redirectUri, addresses.callback]] as const)
      : ([
          [texts.setup.entityId, addresses.metadata],
          [texts.setup.acs, addresses.acs],
          [texts.setup.metadataUrl, addresses.metadata],
        ] as const)
  return `${todo.length === 0 ? '' : `<h3>${escaped(texts.setup.steps)}</h3>\n${steps(todo)}\n`}<h3>${escaped(texts.setup.addresses)}</h3>
<p>${escaped(texts.setup.addressesHelp)}</p>
${facts(ours)}`
}

function enterHere(view: SetupView, choice: Choice): string {
  const { texts } = view
  const name = ssoPresets.find(one => one.provider === choice.provider)?.name ?? ''
  return `<h3>${escaped(texts.setup.enter)}</h3>
${setupForm(view, 'connect')}
${field(view, { name: 'name', label: texts.setup.name, value: name, more: 'required maxlength="128" autocomplete="off"' })}
${choice.protocol === 'OIDC' ? oidcFields(view, choice, null) : samlFields(view, choice, null)}
${serving(view, null)}
<button type="submit">${escaped(texts.setup.connect)}</button>
</form>`
}

/** The settings of what is connected, to be changed. */
export function changing(view: SetupView, connector: SetupConnector): string {
  const { texts } = view
  const protocol = connector.__typename === 'OidcConnector' ? 'OIDC' : 'SAML'
  const asTheyAre = { provider: 'OTHER', protocol } as const
  const options = [{ provider: 'KEEP', name: texts.setup.namesKept }, ...providersOf(texts)]
  return `<details${view.refused === 'change' ? ' open' : ''}>
<summary>${escaped(texts.setup.change)}</summary>
<p>${escaped(texts.setup.changeHelp)}</p>
${setupForm(view, 'change')}
${protocol === 'OIDC' ? oidcFields(view, asTheyAre, connector) : samlFields(view, asTheyAre, connector)}
<div class="field"><label for="names">${escaped(texts.setup.names)}</label>
<select id="names" name="names">
${options.map(one => `<option value="${one.provider}">${escaped(one.name)}</option>`).join('\n')}
</select></div>
<button type="submit">${escaped(texts.setup.save)}</button>
</form>
</details>`
}

function oidcFields(view: SetupView, { provider }: Choice, connector: SetupConnector | null): string {
  const { texts, typed, refused } = view
  const preset = ssoPresets.find(one => one.provider === provider)
  const trusts =
    refused === 'connect' || refused === 'change' ? typed.get('trusts') === 'yes' : connector?.trustsEmail === true
  // A preset says it itself.
  const trusting = `<label class="option"><input type="checkbox" name="trusts" value="yes"${trusts ? ' checked' : ''}> ${escaped(texts.setup.trusts)}</label>`
  const secretHelp = connector === null ? texts.setup.secretHelp : `${texts.setup.secretKept} ${texts.setup.secretHelp}`
  const url = 'required type="url" maxlength="512" autocomplete="off"'
  return `${field(view, {
    ...{
      name: 'issuer',
      label: texts.setup.issuer,
      value: connector?.issuer ?? exact(preset?.issuerPattern),
      more: url,
    },
    help: texts.setup.issuerHelp(preset?.issuerPattern ?? 'https://login.acme.com'),
  })}
${field(view, {
  ...{ name: 'clientId', label: texts.setup.clientId, value: connector?.clientId ?? '' },
  more: 'required maxlength="512" autocomplete="off" spellcheck="false"',
})}
${field(view, {
  ...{ name: 'clientSecret', label: texts.setup.clientSecret, help: secretHelp },
  more: `type="password" maxlength="2048" autocomplete="off"${connector === null ? ' required' : ''}`,
})}${preset === undefined ? `\n${trusting}` : ''}`
}

/** A pattern without anything to fill in is the value. */
const exact = (pattern: string | undefined) => (pattern === undefined || pattern.includes('<') ? '' : pattern)

function samlFields(view: SetupView, { provider }: Choice, connector: SetupConnector | null): string {
  const { texts } = view
  const pattern = provider === 'OTHER' ? null : samlPresets[provider].metadataUrlPattern
  const offersUrl = provider === 'OTHER' || pattern !== null
  const help = `${texts.setup.metadataHelp}${pattern === null ? '' : ` ${texts.setup.issuerHelp(pattern)}`}`
  const byUrl = field(view, {
    ...{ name: 'metadataUrl', label: texts.setup.idpMetadataUrl, value: connector?.idpMetadataUrl ?? '', help },
    more: 'type="url" maxlength="2048" autocomplete="off"',
  })
  return `${offersUrl ? `${byUrl}\n` : ''}${area(view, { name: 'metadataXml', label: texts.setup.metadataXml, more: 'maxlength="100000"' })}`
}

/** Which of the proved domains it serves. */
export function serving(view: SetupView, connector: SetupConnector | null): string {
  const { texts, state, typed, refused } = view
  const proved = (state.domains ?? []).filter(one => one.status === 'VERIFIED')
  if (proved.length === 0) return ''
  const served = connector?.emailDomains?.map(one => one.id) ?? (proved.length === 1 ? proved.map(one => one.id) : [])
  const chosen = refused === 'connect' || refused === 'serve' ? typed.getAll('emailDomainIds') : served
  const boxes = proved.map(
    ({ id, domain }) =>
      `<label class="option"><input type="checkbox" name="emailDomainIds" value="${escaped(id)}"${chosen.includes(id) ? ' checked' : ''}> ${escaped(domain)}</label>`,
  )
  return `<fieldset><legend>${escaped(texts.setup.serves)}</legend>
${boxes.join('\n')}${problemAt(view, 'emailDomainIds')}
</fieldset>`
}
