import type { Config } from '../config.ts'

/** Under which name the built-in issuer signs, and the audience of its tokens for the gateway as a whole. */
export function ownIssuer({ publicUrl }: Pick<Config, 'publicUrl'>): { issuer: string; audience: string } {
  return { issuer: `${publicUrl}/oidc`, audience: `${publicUrl}/graphql` }
}
