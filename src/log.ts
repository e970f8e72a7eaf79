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

/** How long a line may wait for others: each write to a pipe stops the process for as long as it takes. */
const togetherMilliseconds = 10

interface LineWriter {
  add(line: string): void
  /** Writes what waits, at once: for the end of the process. */
  flush(): void
}

/** Writes lines, those of a moment together. */
export function createLineWriter(write: (text: string) => void): LineWriter {
  let lines: string[] = []
  const flush = () => {
    if (lines.length > 0) write(`${lines.join('\n')}\n`)
    lines = []
  }
  return {
    add(line) {
      if (lines.push(line) === 1) setTimeout(flush, togetherMilliseconds).unref()
    },
    flush,
  }
}
