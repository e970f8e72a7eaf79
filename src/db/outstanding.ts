/** What was asked of one transaction and is not answered yet. */
export interface Outstanding {
  /** The answer; when one before it failed, why that did: it is why all that was asked after it fails, too. */
  watch<Answer>(answer: Promise<Answer>): Promise<Answer>
  /** Once everything was answered. */
  settled(): Promise<void>
  /** Whether something failed; the connection is not to be used any more. */
  hasFailed(): boolean
}

export function createOutstanding(): Outstanding {
  let underWay = 0
  let idle: PromiseWithResolvers<void> | undefined
  let failed: { readonly because: unknown } | undefined
  const settle = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    underWay += 1
    try {
      return await answer
    } catch (error) {
      failed ??= { because: error }
      throw failed.because
    } finally {
      underWay -= 1
      if (underWay === 0) idle?.resolve()
    }
  }
  return {
    watch(answer) {
      const watched = settle(answer)
      // Nobody may wait for it any more.
      watched.catch(() => {})
      return watched
    },
    async settled() {
      if (underWay === 0) return
      idle ??= Promise.withResolvers()
      await idle.promise
    },
    hasFailed: () => failed !== undefined,
  }
}
