import { escaped, type Page, page } from '../../../pages/page.ts'
import type { Branding } from '../branding.ts'

/** In which language, for whom, and where a form of the page may lead. */
export interface Look {
  readonly locale: string
  readonly branding: Branding | null
  /** The origin, or scheme, of the product that the sign-in returns to: browsers hold redirects of forms to it. */
  readonly returnsTo: string | null
}

/** How a page looks that is for nobody in particular. */
export const plainly = (locale: string): Look => ({ locale, branding: null, returnsTo: null })

interface Parts {
  readonly title: string
  /** HTML; what comes from outside is escaped by whoever writes it. */
  readonly body: string
  readonly status?: number
  /** What the page does beside being one; it may ask our own origin. */
  readonly script?: string
}

/** A page of the issuer: plain, with the name, logo and color of the organization that it is for. */
export function issuerPage({ locale, branding, returnsTo }: Look, { title, body, status = 200, script }: Parts): Page {
  const logo = branding?.logoUrl ?? null
  const color = branding?.color ?? null
  return page({
    title,
    status,
    lang: locale,
    style: color === null ? style : `${style}main { border-top: 4px solid ${color}; }\n`,
    forms: ["'self'", ...(returnsTo === null ? [] : [returnsTo])].join(' '),
    ...(script !== undefined && { script }),
    allows: [
      ...(logo === null ? [] : [`img-src ${new URL(logo).origin}`]),
      ...(script === undefined ? [] : ["connect-src 'self'"]),
    ].join('; '),
    body: `${logo === null ? '' : `<img src="${escaped(logo)}" alt="">\n`}<h1>${escaped(title)}</h1>\n${body}`,
  })
}

/** What went wrong, told to those who see it and to those who hear it. */
export const alert = (text: string | null) =>
  text === null ? '' : `<p id="problem" role="alert" class="problem">${escaped(text)}</p>\n`

const style = `
label { display: block; font-weight: 600; margin-bottom: .25rem; }
input { font: inherit; padding: .5rem; width: 100%; max-width: 24rem; box-sizing: border-box; }
button { font: inherit; padding: .5rem 1.25rem; margin: 1rem .5rem 0 0; cursor: pointer; }
:focus-visible { outline: 3px solid; outline-offset: 2px; }
svg { display: block; width: 14rem; height: auto; background: #fff; }
.problem { border-left: 4px solid #c62828; padding-left: .75rem; }
.quiet { opacity: .8; }
h2 { font-size: 1.2rem; margin-top: 2rem; }
.plain { list-style: none; padding: 0; }
textarea, select { font: inherit; padding: .5rem; width: 100%; max-width: 24rem; box-sizing: border-box; }
fieldset { border: 0; margin: 1rem 0 0; padding: 0; min-width: 0; }
legend, summary { font-weight: 600; padding: 0; }
.option { font-weight: normal; }
.option input { width: auto; }
.facts { display: block; }
.facts dd { margin-bottom: .5rem; }
.field, details { margin-top: 1rem; }
.field p { margin: .25rem 0 0; overflow-wrap: anywhere; }
`
