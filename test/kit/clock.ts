/** A clock that stands still until it is moved: nothing in a test depends on how long it takes. */
export interface TestClock {
  (): Date
  advance(by: { minutes?: number; hours?: number; days?: number }): void
}

export function testClock(start: Date = new Date()): TestClock {
  let now = start.getTime()
  const clock = () => new Date(now)
  return Object.assign(clock, {
    advance({ minutes = 0, hours = 0, days = 0 }: { minutes?: number; hours?: number; days?: number }) {
      now += ((days * 24 + hours) * 60 + minutes) * 60_000
    },
  })
}
