import { randomUUID } from 'node:crypto'
import type { App } from '../../src/app.ts'
import { type Client, createClient } from './client.ts'
import type { TestIssuer } from './issuer.ts'

/** The environment of a deployment that trusts these issuers. */
export function trusting(...issuers: TestIssuer[]): { TRUSTED_ISSUERS: string } {
  return { TRUSTED_ISSUERS: JSON.stringify(issuers.map(({ issuer, audience }) => ({ issuer, audience }))) }
}

/** Someone of whom a foreign issuer says this: a new subject, unless one is named. */
export async function vouchedFor(
  { app }: { app: App },
  issuer: TestIssuer,
  claims: Record<string, unknown> = {},
): Promise<Client> {
  return createClient(app, await issuer.sign(issuer.claims({ sub: randomUUID(), ...claims })))
}
