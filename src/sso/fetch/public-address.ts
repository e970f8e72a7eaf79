import ipaddr from 'ipaddr.js'

/** Addresses from which a cloud serves its machines their secrets, though they lie among the public ones. */
const metadataServers = new Set(['168.63.129.16'])

/** All that the registry of IPv6 has given out for the internet so far (RFC 4291); what lies outside is not there. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** Whether an IP address is one that anybody on the internet can reach, and nothing of ours. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.parse(text)
  if (address.range() !== 'unicast' || metadataServers.has(address.toString())) return false
  // IPv4 inside of IPv6 (mapped, compatible, NAT64, 6to4, Teredo) leads where its IPv4 address leads: never needed, so refused.
  return address instanceof ipaddr.IPv4 || address.match(globalUnicast)
}

/**
 * A check for addresses beyond the public ones, by their networks.
 * @throws Error for what is no network
 */
export function isWithin(networks: readonly string[]): (text: string) => boolean {
  const parsed = networks.map(network => ipaddr.parseCIDR(network))
  return text => {
    if (!ipaddr.isValid(text)) return false
    const address = ipaddr.parse(text)
    return parsed.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits))
  }
}
