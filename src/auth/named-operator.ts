import type { Config } from '../config.ts'
import { emailKey } from '../users/email.ts'

interface Named {
  readonly issuer: string
  readonly subject: string
  /** The verified address; null without one. */
  readonly emailKey: string | null
}

/** Whether the configuration names this identity, or this verified address, as an operator. */
export function isNamedOperator({ operators }: Pick<Config, 'operators'>, { issuer, subject, emailKey: key }: Named) {
  return operators.some(operator => operator === `${issuer} ${subject}` || (key !== null && emailKey(operator) === key))
}
