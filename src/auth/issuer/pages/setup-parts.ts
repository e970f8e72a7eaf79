import { escaped } from '../../../pages/page.ts'
import type { SetupState } from '../setup/read.ts'
import type { Texts } from '../texts/locales.ts'

/** Something that was refused: at which field, or of the whole. */
export interface Problem {
  readonly field: string | null
  readonly message: string
}

/** Which provider somebody chose to connect, and by which protocol. */
export interface Choice {
  readonly provider: 'MICROSOFT_ENTRA_ID' | 'OKTA' | 'GOOGLE_WORKSPACE' | 'OTHER'
  readonly protocol: 'OIDC' | 'SAML'
}

/** All that a page of a setup link shows. */
export interface SetupView {
  readonly texts: Texts
  readonly locale: string
  readonly token: string
  readonly state: SetupState
  readonly choice: Choice | null
  readonly addresses: { readonly callback: string; readonly acs: string; readonly metadata: string }
  readonly expiresAt: Date
  readonly problems: readonly Problem[]
  /** Which form was refused; null where none was. */
  readonly refused: string | null
  /** What was typed into it; never a secret. */
  readonly typed: URLSearchParams
}

/** The beginning of a form that does this; whoever uses it ends it. */
export const setupForm = ({ token, choice }: SetupView, action: string, more = '') =>
  `<form method="post" action="/sso/setup/${action}"${more}>
<input type="hidden" name="token" value="${escaped(token)}">${
    choice === null
      ? ''
      : `\n<input type="hidden" name="provider" value="${choice.provider}">\n<input type="hidden" name="protocol" value="${choice.protocol}">`
  }`

interface Field {
  readonly name: string
  readonly label: string
  readonly help?: string
  readonly value?: string
  /** More attributes, as HTML. */
  readonly more?: string
}

/** A field with its label, its help, and what is wrong with it. */
export function field(view: SetupView, { name, label, help, value = '', more = '' }: Field): string {
  const shown = view.typed.get(name) ?? value
  return `<div class="field">${labelOf(name, label)}
<input id="${name}" name="${name}" value="${escaped(shown)}"${described(view, name, help)} ${more}>${below(view, name, help)}</div>`
}

export function area(view: SetupView, { name, label, help, more = '' }: Field): string {
  return `<div class="field">${labelOf(name, label)}
<textarea id="${name}" name="${name}" rows="4" spellcheck="false"${described(view, name, help)} ${more}>
${escaped(view.typed.get(name) ?? '')}</textarea>${below(view, name, help)}</div>`
}

const labelOf = (name: string, label: string) => `<label for="${name}">${escaped(label)}</label>`

function described({ problems }: SetupView, name: string, help: string | undefined): string {
  const isWrong = problems.some(one => one.field === name)
  const ids = [...(isWrong ? [`${name}-problem`] : []), ...(help === undefined ? [] : [`${name}-help`])]
  return `${ids.length === 0 ? '' : ` aria-describedby="${ids.join(' ')}"`}${isWrong ? ' aria-invalid="true"' : ''}`
}

const below = (view: SetupView, name: string, help: string | undefined) =>
  `${help === undefined ? '' : `\n<p id="${name}-help" class="quiet">${escaped(help)}</p>`}${problemAt(view, name)}`

/** What is wrong at this field, told where it is. */
export function problemAt({ problems }: SetupView, name: string): string {
  const told = problems.filter(one => one.field === name).map(one => one.message)
  return told.length === 0
    ? ''
    : `\n<p id="${name}-problem" role="alert" class="problem">${escaped(told.join(' '))}</p>`
}

/** Names and what they are, to be copied. */
export const facts = (pairs: readonly (readonly [string, string])[]) =>
  `<dl class="facts">
${pairs.map(([name, value]) => `<dt>${escaped(name)}</dt><dd><code>${escaped(value)}</code></dd>`).join('\n')}
</dl>`

/** What to do, in order, as the presets say it: in English. */
export const steps = (all: readonly string[]) =>
  `<ol lang="en">\n${all.map(step => `<li>${escaped(step)}</li>`).join('\n')}\n</ol>`
