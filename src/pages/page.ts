import { createHash } from 'node:crypto'

/** A page of ours, whole. */
export interface Page {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Parts {
  readonly title: string
  readonly body: string
  readonly script?: string
  /** What the content security policy allows beside the page's own style and script. */
  readonly allows?: string
  /** Where forms may go, and where the answer may lead from there; absent: nowhere. */
  readonly forms?: string
  /** Rules of this page alone, after the common ones. */
  readonly style?: string
  readonly lang?: string
  readonly status?: number
}

/** HTML with nothing allowed but the style and the script that stand in it, and no trace of its address left anywhere. */
export function page(parts: Parts): Page {
  const { title, body, script, allows = '', forms = "'none'", lang = 'en', status = 200 } = parts
  const rules = parts.style === undefined ? style : style + parts.style
  const scripts = script === undefined ? '' : ` script-src ${sourceOf(script)};`
  const policy = `default-src 'none'; style-src ${sourceOf(rules)};${scripts} base-uri 'none'; form-action ${forms}; frame-ancestors 'none'; ${allows}`
  return {
    status,
    headers: { ...common, 'content-security-policy': policy.trim() },
    body: `<!doctype html>
<html lang="${escaped(lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(title)}</title>
<style>${rules}</style>
</head>
<body>
<main>
${body}
</main>
${script === undefined ? '' : `<script>${script}</script>`}
</body>
</html>
`,
  }
}

/** A document of somebody else's making, to be shown in a frame: no script, no form, no address it could ask. */
export function framed(html: string): Page {
  const policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
  return { status: 200, headers: { ...common, 'content-security-policy': policy }, body: html }
}

/** Text in the place of text, or of the value of an attribute in quotes. */
export function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replaceAll(/[&<>"']/g, character => entities[character] ?? character)
}

const sourceOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const common = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1rem; }
h1 { font-size: 1.5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; border: 1px solid; border-radius: 6px; }
iframe { width: 100%; height: 32rem; border: 1px solid; border-radius: 6px; background: #fff; }
img { max-width: 12rem; max-height: 3rem; }
`
