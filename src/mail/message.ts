import type { Config } from '../config.ts'
import { dateOf, type Instant } from '../db/statement.ts'
import { defaultTemplate } from './default-template.ts'
import type { MailTemplateRow } from './mail-template.loaders.ts'
import { isAllowedRedirect } from './redirect.ts'
import { localeChain, rendered, type Template, type Values } from './template.ts'

/** An invitation as its mail tells of it. */
export interface Invited {
  readonly email: string
  readonly locale: string | null
  readonly redirectUrl: string | null
  readonly expiresAt: Instant
  readonly organizationName: string
  readonly logoUrl: string | null
  readonly primaryColor: string | null
  readonly inviterName: string | null
  readonly roleNames: readonly string[]
}

type Places = Pick<Config, 'publicUrl' | 'invitationUrl' | 'redirectUrls'>

/** The message for an invitation, by the first template of its chain of locales. */
export function composed(
  invited: Invited,
  templates: readonly MailTemplateRow[],
  places: Places,
  token: string,
): Template {
  const found = localeChain(invited.locale).flatMap(locale => templates.find(one => one.locale === locale) ?? [])[0]
  return rendered(found ?? defaultTemplate, valuesOf(invited, linkTo(invited, places, token), found?.locale ?? ''))
}

/** A template filled with what an invitation could say. */
export function sampleOf(template: Template, locale: string, { publicUrl }: Pick<Config, 'publicUrl'>): Template {
  const sample: Invited = {
    email: 'ada.lovelace@example.com',
    locale,
    redirectUrl: null,
    expiresAt: '2030-01-31 08:00:00+00',
    organizationName: 'Example & Sons',
    logoUrl: null,
    primaryColor: '#3b3fb6',
    inviterName: 'Charles Babbage',
    roleNames: ['Member'],
  }
  return rendered(template, valuesOf(sample, `${publicUrl}/invitation#token=sample`, locale))
}

/** The page of the invitation; ours, unless the configuration or the inviter named one of the product. */
function invitationPage({ publicUrl, invitationUrl }: Omit<Places, 'redirectUrls'>): string {
  return invitationUrl ?? `${publicUrl.replace(/\/$/, '')}/invitation`
}

// In the fragment, which browsers keep to themselves: no server, proxy or referrer gets to see the token.
function linkTo({ redirectUrl }: Invited, places: Places, token: string): string {
  const isAllowed = redirectUrl !== null && isAllowedRedirect(redirectUrl, places.redirectUrls)
  return `${isAllowed ? redirectUrl : invitationPage(places)}#token=${token}`
}

function valuesOf(invited: Invited, link: string, locale: string): Values {
  const { logoUrl, primaryColor, inviterName, roleNames } = invited
  const color = /^#[0-9a-f]{6}$/.test(primaryColor ?? '') ? (primaryColor ?? '') : '#3b3fb6'
  return {
    organizationName: invited.organizationName,
    organizationLogoUrl: logoUrl?.startsWith('https://') === true ? logoUrl : '',
    primaryColor: color,
    onPrimaryColor: isLight(color) ? '#000000' : '#ffffff',
    inviterName: inviterName ?? '',
    roleNames: roleNames.join(', '),
    email: invited.email,
    expiresAt: `${moment(dateOf(invited.expiresAt), locale)} UTC`,
    link,
  }
}

function moment(date: Date, locale: string): string {
  const style = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const
  return new Intl.DateTimeFormat(locale === '' ? 'en' : locale, style).format(date)
}

/** By the relative luminance of WCAG 2.2: from here on black has the better contrast. */
function isLight(color: string): boolean {
  const channel = (at: number) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) > 0.179
}
