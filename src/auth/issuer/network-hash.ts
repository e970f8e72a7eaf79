import { createHmac } from 'node:crypto'
import type { DeriveKey } from './secret.ts'

/** What a limit keeps in place of an address of the network: nobody who reads the table learns who was there. */
export const networkHash = (derive: DeriveKey, address: string): string =>
  createHmac('sha256', derive('addresses of the network')).update(address).digest('base64url')
