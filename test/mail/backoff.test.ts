import { expect, test } from 'vitest'
import { delayAfter, maxAttempts } from '../../src/mail/backoff.ts'

const seconds = (attempts: number, chance: number) => delayAfter(attempts, () => chance) / 1000

test('each attempt waits three times as long as the one before, and two hours at most', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, maxAttempts].map(attempts => seconds(attempts, 1))).toEqual([
    ...[15, 45, 135, 405, 1215, 3645, 7200, 7200, 7200],
  ])
})

test('chance takes at most half of it away', () => {
  expect([0, 0.5, 1].map(chance => seconds(7, chance))).toEqual([3600, 5400, 7200])
})

test('whatever chance does, it is tried for more than half a day', () => {
  const least = Array.from({ length: maxAttempts - 1 }, (_, index) => seconds(index + 1, 0))
  expect(least.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(12 * 3600)
})
