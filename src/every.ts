import { setTimeout as delay } from 'node:timers/promises'

/**
 * Runs this again and again, with so long a rest before each time, for as long as the process lives; never where there
 * is no rest. What fails is told and tried again. `stop` aborts the signal and waits for the run under way.
 */
export function every(
  milliseconds: number,
  run: (signal: AbortSignal) => Promise<unknown>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const rested = () => delay(milliseconds, true, { signal, ref: false }).catch(() => false)
  const loop = async () => {
    while (await rested()) await run(signal).catch(onError)
  }
  const running = milliseconds === 0 ? Promise.resolve() : loop()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
