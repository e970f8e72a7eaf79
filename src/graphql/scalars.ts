import { toRfc3339 } from '../db/statement.ts'
import { RequestError } from '../errors.ts'
import type { Json, JsonObject } from '../organizations/organization.entity.ts'
import { builder } from './builder.ts'

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

builder.scalarType('DateTime', {
  description:
    'An instant: RFC 3339, UTC, millisecond precision, such as `2026-01-31T08:00:00.250Z`. Inputs may have any offset.',
  serialize: value => toRfc3339(String(value)),
  parseValue: value => {
    const date = typeof value === 'string' && rfc3339.test(value) ? new Date(value) : undefined
    if (date === undefined || Number.isNaN(date.getTime()) || !isInCalendar(String(value)))
      throw new RequestError('BAD_USER_INPUT', 'A DateTime is written as in 2026-01-31T08:00:00Z (RFC 3339).')
    return date
  },
})

/** JavaScript takes the 30th of February for the 2nd of March. */
function isInCalendar(text: string): boolean {
  const day = text.slice(0, 10)
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
}

builder.scalarType('JSONObject', {
  description:
    'A JSON object. Numbers are those of JavaScript: an integer beyond 9007199254740991 is refused, send it as a string.',
  serialize: value => value as JsonObject,
  parseValue: value => {
    if (!isObject(value)) throw new RequestError('BAD_USER_INPUT', 'This must be a JSON object.')
    refuseChangedNumbers(value)
    return value
  },
})

/** A number that JavaScript cannot keep as it was sent would be stored as another. A client may nest without end: no recursion. */
function refuseChangedNumbers(root: Json): void {
  const left: Json[] = [root]
  while (left.length > 0) {
    const value = left.pop()
    if (
      typeof value === 'number' &&
      (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
    )
      throw new RequestError(
        'BAD_USER_INPUT',
        `${value} is beyond the numbers that are kept exactly (±${Number.MAX_SAFE_INTEGER}): send it as a string.`,
      )
    if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) left.push(item)
  }
}

function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
