import type { Config } from './config.ts'

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const
type Level = (typeof levels)[number]

/** Structured logs: one JSON line each, never with a token, an address of a person, or the body of a message. */
export type Log = (level: Exclude<Level, 'silent'>, message: string, fields?: Record<string, unknown>) => void

export function createLog(config: Pick<Config, 'logLevel'>, clock: () => Date, write: (line: string) => void): Log {
  const least = levels.indexOf(config.logLevel)
  return (level, message, fields = {}) => {
    if (levels.indexOf(level) < least) return
    write(JSON.stringify({ time: clock().toISOString(), level, message, ...fields }))
  }
}
