const second = 1000

/** After so many attempts a mail has failed for good: a day after the first, and more. */
export const maxAttempts = 20

const first = 15 * second
const longest = 2 * 60 * 60 * second

/**
 * How long to wait after so many failed attempts: 15 seconds, three times as long each time, two hours at most; between
 * half of that and all of it, so that what failed together does not come again together.
 */
export function delayAfter(attempts: number, random: () => number): number {
  const full = Math.min(longest, first * 3 ** (attempts - 1))
  return Math.round(full * (0.5 + random() / 2))
}
