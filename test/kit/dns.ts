import { Resolver } from 'node:dns/promises'
import dns2, { type Resource } from 'dns2'
import { onTestFinished } from 'vitest'

/** A resolver whom nobody answers, and at once: nothing listens there. */
export function silentResolver(): Resolver {
  const resolver = new Resolver({ timeout: 100, tries: 1 })
  resolver.setServers(['127.0.0.1:9'])
  return resolver
}

export interface TestDns {
  /** Asks this server and no other. */
  readonly resolver: Resolver
  /** The TXT records by name, each with its parts; a name that is not there does not exist. */
  readonly records: Map<string, string[][]>
  /** The IPv4 and IPv6 addresses by name, at each question anew. */
  readonly addresses: Map<string, () => string[]>
  /** The names that were asked for. */
  readonly asked: string[]
  /** What happens between a question and its answer. */
  meanwhile: (name: string) => Promise<void> | void
  /** Answers every question with a failure, as a broken server does. */
  isBroken: boolean
}

/** A DNS server on loopback, gone after the test. */
export async function dnsServer(): Promise<TestDns> {
  const records = new Map<string, string[][]>()
  const addresses: TestDns['addresses'] = new Map()
  const asked: string[] = []
  const resolver = new Resolver({ timeout: 2000, tries: 2 })
  const dns: TestDns = { resolver, records, addresses, asked, meanwhile: () => {}, isBroken: false }
  const { Packet } = dns2
  const server = dns2.createServer({
    udp: true,
    handle: async (request, send) => {
      const response = Packet.createResponseFromRequest(request)
      const [question] = request.questions
      const name = question?.name.toLowerCase() ?? ''
      asked.push(name)
      await dns.meanwhile(name)
      const found = records.get(name)
      if (dns.isBroken) response.header.rcode = Packet.RCODE.SERVFAIL
      else if (found === undefined && !addresses.has(name)) response.header.rcode = Packet.RCODE.NXDOMAIN
      for (const data of found ?? [])
        response.answers.push({ name, type: Packet.TYPE.TXT, class: Packet.CLASS.IN, ttl: 1, data } as Resource)
      const type = question?.type === Packet.TYPE.AAAA ? Packet.TYPE.AAAA : Packet.TYPE.A
      for (const address of question?.type === type ? (addresses.get(name)?.() ?? []) : [])
        if (address.includes(':') === (type === Packet.TYPE.AAAA))
          response.answers.push({ name, type, class: Packet.CLASS.IN, ttl: 1, address } as Resource)
      send(response)
    },
  })
  await server.listen({ udp: { port: 0, address: '127.0.0.1' } })
  resolver.setServers([`127.0.0.1:${server.addresses().udp?.port}`])
  onTestFinished(() => server.close())
  return dns
}
