import { readdirSync, readFileSync } from 'node:fs'

/** Processor time in milliseconds, of what answers the requests and of PostgreSQL; null where the system does not tell. */
export interface Cpu {
  readonly server: number
  readonly database: number
}

/** Linux counts in hundredths of a second, whatever the machine. */
const tick = 10

/**
 * What has been used so far. Under load from elsewhere, the time on the clock says little, and this still says what a
 * request costs.
 * @param postmaster the process of a PostgreSQL on this machine; null when it is elsewhere
 */
export function cpuSoFar(server: number, postmaster: number | null): Cpu | null {
  try {
    if (postmaster === null) return null
    const database = [postmaster, ...childrenOf(postmaster)].reduce((sum, pid) => sum + used(pid), 0)
    return { server: used(server), database }
  } catch {
    return null
  }
}

/** The process that started the one of this id. */
export function parentOf(pid: number): number | null {
  try {
    return Number(fields(pid)[1])
  } catch {
    return null
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && parentOf(Number(name)) === parent)
    .map(Number)
}

/** Its own time, and that of its children which have ended. */
function used(pid: number): number {
  try {
    const [user = 0, system = 0, usersOfEnded = 0, systemsOfEnded = 0] = fields(pid).slice(11, 15).map(Number)
    return (user + system + usersOfEnded + systemsOfEnded) * tick
  } catch {
    return 0
  }
}

/** The fields of /proc/<pid>/stat from the state on; the name before them may hold spaces and parentheses. */
function fields(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}
