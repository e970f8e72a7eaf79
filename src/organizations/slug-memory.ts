const most = 10_000

/**
 * Which organization a slug led to when it was last looked for: a guess, good for beginning to read and for nothing else.
 * Those that nobody asked for the longest are forgotten.
 */
export interface SlugMemory {
  guess(slug: string): string | undefined
  note(slug: string, organizationId: string): void
}

export function createSlugMemory(): SlugMemory {
  const known = new Map<string, string>()
  return {
    guess: slug => known.get(slug),
    note(slug, organizationId) {
      known.delete(slug)
      known.set(slug, organizationId)
      const [oldest] = known.keys()
      if (known.size > most && oldest !== undefined) known.delete(oldest)
    },
  }
}
