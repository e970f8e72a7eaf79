import type { Config } from '../config.ts'

/** What people read for a product that signs people in; its client id once the configuration no longer names it. */
export function applicationName({ issuer }: Config, clientId: string): string {
  return issuer?.applications.find(one => one.clientId === clientId)?.name ?? clientId
}
