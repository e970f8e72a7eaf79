import { unstorable } from '../errors.ts'

/**
 * PostgreSQL has no text with U+0000: the statement would fail, and with it whatever was asked in the same transaction.
 * @throws RequestError BAD_USER_INPUT
 */
export function refuseUnstorable(values: readonly unknown[]): void {
  if (values.some(isUnstorable)) throw unstorable()
}

function isUnstorable(value: unknown): boolean {
  return Array.isArray(value) ? value.some(isUnstorable) : typeof value === 'string' && value.includes('\0')
}
