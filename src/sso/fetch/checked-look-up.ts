import type { LookupAddress, LookupOptions } from 'node:dns'
import type { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import { OutsideRequestError } from './outside-request-error.ts'

export type AddressResolver = Pick<Resolver, 'resolve4' | 'resolve6'>

type Answered = (error: Error | null, address: string | LookupAddress[], family?: number) => void

/**
 * The look-up of a connection: what it answers is what the socket connects to, without a second question in between that
 * a name server could answer otherwise (DNS rebinding). One address that is not allowed spoils the whole name.
 */
export function checkedLookUp(resolver: AddressResolver, isAllowed: (address: string) => boolean) {
  return (host: string, options: LookupOptions, answered: Answered): void => {
    addressesOf(resolver, host)
      .then(found => {
        if (found.length === 0 || !found.every(({ address }) => isAllowed(address)))
          throw new OutsideRequestError('HOST_NOT_PUBLIC')
        return found
      })
      .then(
        found => {
          if (options.all === true) answered(null, found)
          else answered(null, found[0]?.address ?? '', found[0]?.family)
        },
        (error: unknown) => answered(error instanceof Error ? error : new Error(String(error)), ''),
      )
  }
}

/** The DNS alone is asked: neither the file of hosts nor a search list knows anything that is public. */
async function addressesOf(resolver: AddressResolver, host: string): Promise<LookupAddress[]> {
  if (isIP(host) > 0) return [{ address: host, family: isIP(host) }]
  const nothing = (): string[] => []
  const [four, six] = await Promise.all([
    resolver.resolve4(host).catch(nothing),
    resolver.resolve6(host).catch(nothing),
  ])
  return [...four.map(address => ({ address, family: 4 })), ...six.map(address => ({ address, family: 6 }))]
}
