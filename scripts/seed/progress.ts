import type { WriteStream } from 'node:tty'

export interface Progress {
  /** What comes now. */
  begin(what: string): void
  /** So many more rows are there. */
  advance(rows: number): void
  end(): void
}

const width = 30

/** A bar over all rows on a terminal; elsewhere, where nothing can be drawn over, a line per table. */
export function createProgress(total: number, out: Pick<WriteStream, 'write' | 'isTTY'>): Progress {
  let done = 0
  let current = ''
  let drawnAt = 0
  const draw = () => {
    const part = total === 0 ? 1 : Math.min(1, done / total)
    const bar = '█'.repeat(Math.floor(part * width)).padEnd(width, '░')
    const percent = `${Math.floor(part * 100)}`.padStart(3)
    out.write(
      `\r${bar} ${percent} %  ${done.toLocaleString('en')} of ${total.toLocaleString('en')} rows  ${current}\x1b[K`,
    )
    drawnAt = performance.now()
  }
  return {
    begin(what) {
      current = what
      if (out.isTTY) draw()
      else out.write(`${what}…\n`)
    },
    advance(rows) {
      done += rows
      if (out.isTTY && performance.now() - drawnAt > 50) draw()
    },
    end() {
      if (!out.isTTY) return
      current = ''
      draw()
      out.write('\n')
    },
  }
}
