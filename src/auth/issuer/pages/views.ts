import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import { escaped, type Page } from '../../../pages/page.ts'
import { localeOf, textsOf } from '../texts/locales.ts'
import { issuerPage, type Look } from './layout.ts'

/** The pages that oidc-provider asks for by itself: signing out, and errors of requests that lead back nowhere. */
export const issuerViews = {
  signOut(ctx: KoaContextWithOIDC, form: string): void {
    const texts = textsOf(lookOf(ctx).locale)
    const client = ctx.oidc.client?.clientName
    const question = client === undefined ? texts.signOutQuestion : texts.signOutOf(client)
    show(
      ctx,
      issuerPage(lookOf(ctx), {
        title: texts.signOutTitle,
        // The form is oidc-provider's, with its own protection against forged requests.
        body: `${form}
<p>${escaped(question)}</p>
<button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>${escaped(texts.signOut)}</button>
<button type="submit" form="op.logoutForm">${escaped(texts.staySignedIn)}</button>`,
      }),
    )
  },
  signedOut(ctx: KoaContextWithOIDC): void {
    const texts = textsOf(lookOf(ctx).locale)
    const body = `<p role="status">${escaped(texts.signedOut)}</p>`
    show(ctx, issuerPage(lookOf(ctx), { title: texts.signedOutTitle, body }))
  },
  error(ctx: KoaContextWithOIDC, { error, error_description: description }: ErrorOut): void {
    show(ctx, errorPage(lookOf(ctx).locale, ctx.status, { error, description: description ?? '' }))
  },
}

/** What a person sees who came with a request that cannot be answered where it came from. */
export function errorPage(
  locale: string,
  status: number,
  problem: { error: string; description: string } | null,
): Page {
  const texts = textsOf(locale)
  const told =
    problem === null || problem.error === 'session_not_found' || /session|interaction/.test(problem.description)
      ? `<p role="alert">${escaped(texts.expired)}</p>`
      : `<p>${escaped(texts.errorIntro)}</p>
<dl><dt>error</dt><dd>${escaped(problem.error)}</dd><dt>error_description</dt><dd>${escaped(problem.description)}</dd></dl>`
  return issuerPage({ locale, branding: null, returnsTo: null }, { title: texts.errorTitle, body: told, status })
}

/** How a page looks that belongs to no interaction. */
export function lookOf(ctx: KoaContextWithOIDC): Look {
  const locale = localeOf(ctx.oidc.params?.ui_locales, ctx.get('accept-language'))
  const target = ctx.oidc.params?.post_logout_redirect_uri
  const url = typeof target === 'string' ? URL.parse(target) : null
  return { locale, branding: null, returnsTo: url === null ? null : sourceOf(url) }
}

/** A redirect's place as a content security policy names it: an origin, or the scheme of a program's own. */
export function sourceOf(url: URL): string {
  return url.origin === 'null' ? url.protocol : url.origin
}

export function show(ctx: KoaContextWithOIDC, page: Page): void {
  ctx.status = page.status
  ctx.set(page.headers)
  ctx.body = page.body
}
