import { describe, expect, test } from 'vitest'
import { clientAddress } from '../../src/client-address.ts'
import { readConfig } from '../../src/config.ts'
import type { Loose } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { connected, ssoWorld, typeAddress } from './connectors.ts'

/** Opens the address that starts a sign-in, as a proxy passes the request on. */
async function startAgain(url: URL, cookies: string, forwardedFor: string): Promise<number> {
  const headers = { cookie: cookies, 'x-forwarded-for': forwardedFor }
  return (await fetch(url, { headers, redirect: 'manual' })).status
}

async function led(env: Record<string, string>) {
  const w = await ssoWorld({ clock: testClock(), isolated: true, env: { SSO_LIMIT_PER_IP: '3', ...env } })
  const { domain, connector } = await connected(w)
  const browser = w.browser(/\/away/)
  const { back } = await typeAddress(w, browser, `ada@${domain}`)
  const cookies = [...browser.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ')
  return { w, connector, start: (from: string) => startAgain(back.url, cookies, from) }
}

test('behind a proxy that is named, nobody locks out who comes from elsewhere', async () => {
  const { start } = await led({ TRUSTED_PROXIES: '127.0.0.1' })
  const statuses: number[] = []
  for (let times = 0; times < 4; times++) statuses.push(await start('203.0.113.66'))
  expect(statuses).toEqual([303, 303, 303, 429])
  expect(await start('203.0.113.7')).toBe(303)
  // What the client itself wrote there stands before what the proxy did.
  expect(await start('198.51.100.1, 203.0.113.66')).toBe(429)
})

test('nobody else is believed about where they come from', async () => {
  const { start } = await led({})
  const statuses: number[] = []
  for (let times = 0; times < 4; times++) statuses.push(await start(`203.0.113.${times}`))
  expect(statuses).toEqual([303, 303, 303, 429])
})

test('the audit log has the address that the proxy was asked from', async () => {
  const { w } = await led({ TRUSTED_PROXIES: '127.0.0.0/8' })
  const query = 'mutation($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { __typename } }'
  const answer = await fetch(`${w.origin}/graphql`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', authorization: `Bearer ${w.owner.token}` },
      'x-forwarded-for': '203.0.113.9',
    },
    body: JSON.stringify({ query, variables: { input: { organizationId: w.acme.id, name: 'Renamed' } } }),
  })
  expect(answer.status).toBe(200)
  const log =
    'query($id: ID!) { organization(by: { id: $id }) { auditEvents(first: 1) { nodes { action ipAddress } } } }'
  const { organization } = (await w.owner.query(log, { id: w.acme.id })) as Loose
  expect(organization.auditEvents.nodes).toEqual([{ action: 'ORGANIZATION_UPDATED', ipAddress: '203.0.113.9' }])
})

describe('the address that a request comes from', () => {
  const through = (trusted: string, remoteAddress: string, forwardedFor?: string) =>
    clientAddress(readConfig({ NODE_ENV: 'test', TRUSTED_PROXIES: trusted }), {
      socket: { remoteAddress },
      headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
    })
  test.each<[string, string | null, string, string, string?]>([
    ['without a proxy', '203.0.113.7', '', '203.0.113.7'],
    ['from elsewhere than a proxy', '203.0.113.7', '10.0.0.0/8', '203.0.113.7', '198.51.100.1'],
    ['through two', '203.0.113.7', '10.0.0.1, 10.9.0.0/16', '10.0.0.1', '198.51.100.1, 203.0.113.7, 10.9.1.2'],
    ['through one, with its port', '203.0.113.7', '10.0.0.1', '10.0.0.1', '203.0.113.7:4711'],
    ['by IPv6, with its port', '2001:db8::7', '::1', '::1', '[2001:db8::7]:4711'],
    ['where the socket has both', '203.0.113.7', '10.0.0.1', '::ffff:10.0.0.1', '203.0.113.7'],
    ['when the proxy says nothing', '10.0.0.1', '10.0.0.1', '10.0.0.1'],
    ['when it says what is none', '10.0.0.1', '10.0.0.1', '10.0.0.1', '203.0.113.7, unknown'],
  ])('%s', (_how, expected, trusted, remote, forwardedFor) => {
    expect(through(trusted, remote, forwardedFor)).toBe(expected)
  })

  test('is asked of networks alone', () => {
    for (const wrong of ['proxy.internal', '10.0.0.0/64', '10.0.0'])
      expect(() => readConfig({ NODE_ENV: 'test', TRUSTED_PROXIES: wrong })).toThrow(
        'Configuration: TRUSTED_PROXIES must name addresses or networks, such as 10.0.0.0/8',
      )
  })
})
