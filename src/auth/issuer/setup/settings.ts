import { ssoPresets } from '../../../sso/presets.ts'
import type { Choice } from '../pages/setup-parts.ts'
import type { SetupConnector } from './read.ts'

type Provider = Choice['provider']
const providers = ['MICROSOFT_ENTRA_ID', 'OKTA', 'GOOGLE_WORKSPACE', 'OTHER'] as const satisfies Provider[]

/** The provider that a form or an address names; null for none that there is. */
const providerIn = (text: string | null): Provider | null => providers.find(one => one === text) ?? null

/** What was chosen; null unless both were. */
export function choiceIn(said: URLSearchParams): Choice | null {
  const provider = providerIn(said.get('provider'))
  const protocol = said.get('protocol')
  return provider === null || (protocol !== 'OIDC' && protocol !== 'SAML') ? null : { provider, protocol }
}

/** The settings of a new connector, as the API takes them; what the preset says is not asked for. */
export function newSettings({ provider, protocol }: Choice, form: URLSearchParams): object {
  return protocol === 'OIDC' ? { oidc: { ...oidc(form), ...byPreset(provider, form) } } : { saml: saml(provider, form) }
}

/** The settings of a connector that is there: they are given whole, so what the form does not ask for is given again. */
export function changedSettings(connector: SetupConnector, form: URLSearchParams): object {
  const names = providerIn(form.get('names'))
  if (connector.__typename === 'SamlConnector') {
    const { preset, attributeNames: attributes, trustsEmail } = connector
    const kept = names === null ? { preset, attributes } : {}
    return { saml: { ...saml(names ?? 'OTHER', form), ...kept, trustsEmail } }
  }
  const { scopes, attributes } = connector
  const kept = { scopes, attributes, trustsEmail: form.get('trusts') === 'yes' }
  return { oidc: { ...oidc(form), ...(names === null ? kept : byPreset(names, form)) } }
}

function oidc(form: URLSearchParams): object {
  const secret = form.get('clientSecret') ?? ''
  return {
    ...{ issuer: form.get('issuer') ?? '', clientId: form.get('clientId')?.trim() ?? '' },
    ...(secret !== '' && { clientSecret: secret }),
  }
}

function byPreset(provider: Provider, form: URLSearchParams): object {
  const preset = ssoPresets.find(one => one.provider === provider)
  if (preset === undefined) return { trustsEmail: form.get('trusts') === 'yes' }
  const { scopes, attributes, trustsEmail } = preset
  return { scopes, attributes, trustsEmail }
}

function saml(provider: Provider, form: URLSearchParams): object {
  const url = form.get('metadataUrl')?.trim() ?? ''
  const metadata = url === '' ? { xml: form.get('metadataXml') ?? '' } : { url }
  return { metadata, ...(provider !== 'OTHER' && { preset: provider }) }
}
