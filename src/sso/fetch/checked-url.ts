import { isIP } from 'node:net'
import { OutsideRequestError } from './outside-request-error.ts'

/** Below it lie the ports of other protocols, and 443. */
const FIRST_FREE_PORT = 1024

/**
 * An address that may be asked, as far as its text tells.
 * @throws OutsideRequestError for another scheme, credentials, a port of another protocol, an IP address that is not allowed
 */
export function checkedUrl(text: string, isAllowed: (address: string) => boolean): URL {
  const url = URL.parse(text)
  if (url === null) throw new OutsideRequestError('URL_INVALID')
  if (url.protocol !== 'https:') throw new OutsideRequestError('NOT_HTTPS')
  if (url.username !== '' || url.password !== '') throw new OutsideRequestError('CREDENTIALS_IN_URL')
  if (url.port !== '' && Number(url.port) < FIRST_FREE_PORT) throw new OutsideRequestError('PORT_NOT_ALLOWED')
  // URL has made plain addresses of the decimal, octal and hexadecimal ones. A socket looks none of them up.
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) > 0 && !isAllowed(host)) throw new OutsideRequestError('HOST_NOT_PUBLIC')
  return url
}
