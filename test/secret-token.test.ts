import { expect, test } from 'vitest'
import { hashToken, mintToken } from '../src/secret-token.ts'

test('a token has 256 random bits, and no two are alike', () => {
  const tokens = Array.from({ length: 1000 }, () => mintToken().token)
  expect(new Set(tokens).size).toBe(1000)
  for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32)
})

test('what is kept of a token finds it again, and does not tell it', () => {
  const { token, hash } = mintToken()
  expect(hashToken(token)).toBe(hash)
  expect(hash).not.toContain(token)
  expect(hashToken(`${token} `)).not.toBe(hash)
})
