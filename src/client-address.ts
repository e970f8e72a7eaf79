import type { IncomingHttpHeaders } from 'node:http'
import ipaddr from 'ipaddr.js'
import type { Config } from './config.ts'

/** What of a request says where it comes from. */
interface Coming {
  readonly socket: { readonly remoteAddress?: string | undefined }
  readonly headers: IncomingHttpHeaders
}

/**
 * The network address that a request comes from; null where there is none. What `X-Forwarded-For` says counts as far as
 * proxies that the configuration names have said it, from the last on: what a client put there itself stands before, and
 * is not looked at.
 */
export function clientAddress({ isTrustedProxy }: Pick<Config, 'isTrustedProxy'>, request: Coming): string | null {
  const { remoteAddress } = request.socket
  if (remoteAddress === undefined) return null
  const listed = request.headers['x-forwarded-for']
  if (listed === undefined) return remoteAddress
  const said = [listed].flat().join(',').split(',').toReversed()
  let at = remoteAddress
  for (const hop of said) {
    const before = isTrustedProxy(plain(at) ?? at) ? addressIn(hop) : null
    if (before === null) break
    at = before
  }
  return at
}

/** An address that a proxy wrote down; some write the port behind it. */
function addressIn(hop: string): string | null {
  const [, bracketed, four] = /^\s*(?:\[([0-9a-f:.]+)\](?::\d+)?|([\d.]+):\d+)\s*$/i.exec(hop) ?? []
  return plain(bracketed ?? four ?? hop.trim())
}

/** In the one form of it, IPv4 within IPv6 as IPv4; null for what is none. */
function plain(text: string): string | null {
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : null
}
