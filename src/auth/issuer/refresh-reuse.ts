import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Services } from '../../context.ts'
import { endGrant } from './adapter.ts'

/**
 * TOK-8: the reuse of a refresh token ends its grant, whatever else the request asks for. oidc-provider looks at what is
 * asked for first, and would refuse that alone; so what it refused is looked at once more. Who is not the client of the
 * token has not shown to be anybody, and ends nothing.
 */
export function endOnReuse(services: Pick<Services, 'pool'>, provider: Provider) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    // Other requests have none.
    const oidc: KoaContextWithOIDC['oidc'] | undefined = ctx.oidc
    if (oidc?.route !== 'token' || ctx.status !== 400 || oidc.client === undefined) return
    const { grant_type: type, refresh_token: value } = oidc.params ?? {}
    if (type !== 'refresh_token' || typeof value !== 'string') return
    const token = await provider.RefreshToken.find(value, { ignoreExpiration: true })
    if (token?.consumed === undefined || token.clientId !== oidc.client.clientId) return
    await endGrant(services, token.grantId ?? '')
    ctx.body = { error: 'invalid_grant', error_description: 'grant request is invalid' }
  }
}
