import { v7 } from 'uuid'

/** Numbers that only look random: the same seed gives the same rows, and so the same figures. */
export interface Random {
  /** From 0 up to and without 1. */
  next(): number
  /** A whole number from 0 up to and without this one. */
  below(limit: number): number
  /** A UUIDv7 of this instant, in milliseconds. */
  id(milliseconds: number): string
}

export function createRandom(seed: number): Random {
  let state = (seed * 0x9e3779b1) | 0
  // mulberry32
  const word = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const words = new Uint32Array(4)
  const bytes = new Uint8Array(words.buffer)
  const next = () => word() / 2 ** 32
  return {
    next,
    below: limit => Math.floor(next() * limit),
    id(milliseconds) {
      for (let index = 0; index < words.length; index++) words[index] = word()
      return v7({ msecs: milliseconds, seq: word(), random: bytes })
    },
  }
}
