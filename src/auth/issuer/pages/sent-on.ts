import type { KoaContextWithOIDC } from 'oidc-provider'
import { escaped, type Page } from '../../../pages/page.ts'
import { textsOf } from '../texts/locales.ts'
import { issuerPage, type Look } from './layout.ts'
import { lookOf, show, sourceOf } from './views.ts'

/** A form that sends itself, where oidc-provider has a bare one; without script a button does. */
function sentOnPage(look: Look, action: string, fields: Readonly<Record<string, unknown>>): Page {
  const texts = textsOf(look.locale)
  const inputs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(String(value))}">`)
  return issuerPage(look, {
    title: texts.goingOnTitle,
    body: `<form method="post" action="${escaped(action)}">
${inputs.join('\n')}
<p>${escaped(texts.goingOn)}</p>
<button type="submit" autofocus>${escaped(texts.goOn)}</button>
</form>`,
    script: 'document.forms[0].submit()',
  })
}

/** `response_mode=form_post`: the answer goes to the product as a form, and to nobody else. */
export function formPost(
  ctx: KoaContextWithOIDC,
  redirectUri: string,
  answer: Readonly<Record<string, unknown>>,
): void {
  const target = URL.parse(redirectUri)
  const look = { ...lookOf(ctx), returnsTo: target === null ? null : sourceOf(target) }
  show(ctx, sentOnPage(look, redirectUri, answer))
}

/** Whoever signs out without being signed in is asked nothing: oidc-provider goes on by a bare form of its own. */
export async function signOutOfNothing(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next()
  // Other requests have none.
  const oidc: KoaContextWithOIDC['oidc'] | undefined = ctx.oidc
  if (oidc?.route !== 'end_session' || ctx.status !== 200 || oidc.session?.accountId !== undefined) return
  const xsrf = oidc.session?.state?.secret
  show(ctx, sentOnPage(lookOf(ctx), oidc.urlFor('end_session_confirm'), { xsrf, logout: 'yes' }))
}
