/**
 * The address, if it is a plain web address in its one spelling. What browsers read in two ways (`\`, `//`, dots and
 * slashes that are escaped, a user before the host) is refused rather than understood.
 */
export function plainUrl(text: string): URL | null {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  const isSpelledSo = url.href === text || url.href === `${text}/`
  const isOfHostAlone = url.username === '' && url.password === ''
  const isPlainPath = !url.pathname.includes('//') && !/%(?:2e|2f|5c)/i.test(url.pathname)
  return isSpelledSo && isOfHostAlone && isPlainPath && !text.includes('#') ? url : null
}

/** Whether a link may lead there: to exactly the origin of an allowed address, at its path or below it. */
export function isAllowedRedirect(text: string, allowed: readonly string[]): boolean {
  const url = text.length <= 2048 ? plainUrl(text) : null
  return url !== null && allowed.some(one => covers(new URL(one), url))
}

function covers(allowed: URL, url: URL): boolean {
  const path = allowed.pathname.replace(/\/$/, '')
  return url.origin === allowed.origin && (url.pathname === path || url.pathname.startsWith(`${path}/`))
}
