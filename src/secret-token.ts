import { createHash, randomBytes } from 'node:crypto'

/** A secret that opens something to whoever has it: 256 random bits, shown once, and the hash that is kept of them. */
export function mintToken(): { token: string; hash: string } {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashToken(token) }
}

/** What is stored of a token, and by which it is found. Tokens are random: a plain hash of one cannot be guessed back. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
