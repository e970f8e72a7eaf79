import { randomInt } from 'node:crypto'
import { v7 } from 'uuid'

let last = { msecs: 0, seq: 0 }

/** A new UUIDv7 for a row made at this instant. Those that this process makes later sort after it, within the millisecond too. */
export function newId(now: Date): string {
  const msecs = now.getTime()
  last = { msecs, seq: msecs === last.msecs ? last.seq + 1 : randomInt(0, 2 ** 20) }
  return v7(last)
}

/** The organization id under which the deployment itself is audited. */
export const deploymentId = '00000000-0000-0000-0000-000000000000'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether the text is a UUID in the form in which ids are written. */
export function isUuid(text: string): boolean {
  return uuid.test(text)
}
