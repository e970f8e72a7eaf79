import { v7 } from 'uuid'

/** A new UUIDv7 for a row made at this instant; ids made later sort after it. */
export function newId(now: Date): string {
  return v7({ msecs: now.getTime() })
}

/** The organization id under which the deployment itself is audited. */
export const deploymentId = '00000000-0000-0000-0000-000000000000'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether the text is a UUID in the form in which ids are written. */
export function isUuid(text: string): boolean {
  return uuid.test(text)
}
