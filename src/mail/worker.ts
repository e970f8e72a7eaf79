/** Works off a queue, so many at a time; each is on its own, and none waits for another but for a free place. */
export interface Worker {
  /** Looks for work now. */
  kick(): void
  /** When nothing is under way, and nothing more was found. */
  idle(): Promise<void>
  /** Takes nothing more. */
  stop(): void
}

interface Work<Item> {
  readonly places: number
  /** Takes what is due, at most so many. */
  readonly take: (most: number) => Promise<readonly Item[]>
  readonly does: (item: Item) => Promise<void>
  /** Told of what neither should fail with: the queue brings the item again. */
  readonly onError: (error: unknown) => void
}

export function openWorker<Item>({ places, take, does, onError }: Work<Item>): Worker {
  const running = new Set<Promise<void>>()
  let looking: Promise<void> | undefined
  let isAskedAgain = false
  let isStopped = false

  function kick(): void {
    isAskedAgain = true
    looking ??= look()
      .catch(onError)
      .finally(() => {
        looking = undefined
        if (isAskedAgain && running.size < places && !isStopped) kick()
      })
  }

  async function look(): Promise<void> {
    while (isAskedAgain && !isStopped && running.size < places) {
      isAskedAgain = false
      const free = places - running.size
      const taken = await take(free)
      for (const item of taken) start(item)
      // There may be more than there was room for.
      if (taken.length === free) isAskedAgain = true
    }
  }

  function start(item: Item): void {
    const work = does(item)
      .catch(onError)
      .finally(() => {
        running.delete(work)
        if (isAskedAgain) kick()
      })
    running.add(work)
  }

  return {
    kick,
    async idle() {
      while (looking !== undefined || running.size > 0) await Promise.race([looking, ...running].filter(one => one))
    },
    stop() {
      isStopped = true
    },
  }
}
