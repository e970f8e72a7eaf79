import { z } from 'zod'
import { notVisible, visibleText } from '../text.ts'
import type { AttributeMapping } from './protocol.ts'
import { type SamlGiven, samlGiven } from './saml/valid.ts'

/** What is meant where nothing is said. */
export const usual = {
  scopes: ['openid', 'profile', 'email'],
  attributes: { name: 'name', email: 'email', picture: 'picture', groups: 'groups' } satisfies AttributeMapping,
}

const issuer = z
  .string()
  .trim()
  .max(512, 'At most 512 characters.')
  .refine(isIssuer, 'This is no issuer: an address with https, without user name, query and fragment.')

function isIssuer(text: string): boolean {
  const url = URL.parse(text)
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && !/[?#\s]/.test(text)
}

// RFC 6749, appendix A: what a client id, a secret and a scope consist of.
const visible = (most: number) =>
  z.string().regex(new RegExp(`^[\\x20-\\x7e]{1,${most}}$`), `1 to ${most} visible ASCII characters.`)
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, 'This is no scope.')
const attribute = z
  .string()
  .trim()
  .min(1, 'Name an attribute, or leave this out.')
  .max(128, 'At most 128 characters.')
  .regex(visibleText, notVisible)
const text = attribute.nullish()

/** The settings of OpenID Connect as an admin gives them. */
const oidcGiven = z.object({
  issuer,
  clientId: visible(512),
  clientSecret: visible(2048).nullish(),
  scopes: z.array(scope).max(20, 'At most 20 scopes.').nullish(),
  attributes: z.object({ name: text, email: text, picture: text, groups: text }).nullish(),
  trustsEmail: z.boolean().nullish(),
})
export type OidcGiven = z.output<typeof oidcGiven>

/** The settings of one protocol: that it is one is for the schema. */
export const settingsGiven = z
  .object({ oidc: oidcGiven.optional(), saml: samlGiven.optional() })
  .transform(({ oidc, saml }): SettingsGiven => {
    if (oidc !== undefined) return { oidc }
    if (saml !== undefined) return { saml }
    throw new TypeError('settings of no protocol')
  })
export type SettingsGiven = { oidc: OidcGiven } | { saml: SamlGiven }
