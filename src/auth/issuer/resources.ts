import Provider, { type Client, errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider'
import type { Config } from '../../config.ts'
import type { Services } from '../../context.ts'
import { grantForOrganization } from '../../organization-tokens/grant.ts'
import type { Authentication } from '../../sign-in-policy/meets.ts'
import { organizationAudience } from '../organization-audience.ts'
import { ownIssuer } from '../own-issuer.ts'
import { isThirdParty, machinePrincipalOf } from './clients.ts'
import { type Ask, askOf, identityScopes, organizationIn, permissionsIn, resourceOf } from './organization-ask.ts'
import { apisIn, chosenOf, keepOrganization, organizationKept } from './organization-beside.ts'

/** How long a user's or a machine's token for the gateway is good: the gateway takes no notice of a sign-out before. */
const GATEWAY_SECONDS = 900

const userinfoOf = (config: Pick<Config, 'publicUrl'>) => `${ownIssuer(config).issuer}/me`

const signed = { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } } as const

/** RFC 8707 as oidc-provider has it: which resources there are, and what a token for one holds. */
export function resourceIndicators(services: Services) {
  const { config } = services
  const [gateway, userinfo] = [ownIssuer(config).audience, userinfoOf(config)]

  /** Asks once a request whether there is to be a token for the organization. */
  async function decide(ctx: KoaContextWithOIDC, resource: string, client: Client) {
    const ask = askOf(ctx)
    const isOrganization = organizationIn(resource) !== null
    const organization = organizationOf(ctx, resource)
    if (organization === null)
      throw new errors.InvalidTarget('there is no such resource; for one of an organization, name organization_id too')
    if (ask.granted !== undefined) return ask.granted
    const granted = await grantForOrganization(services, {
      ...whoAsks(ctx, client),
      organization,
      ...(!isOrganization && { resource }),
      scopes: scopesOf(ctx, ask),
      ...(isThirdParty(client) && { thirdParty: client.clientId }),
    })
    if (!granted.ok) throw refusalOf(granted)
    ask.namesRoles = namesRoles(ctx)
    ask.granted = granted
    return granted
  }

  async function serverOf(ctx: KoaContextWithOIDC, resource: string, client: Client): Promise<ResourceServer> {
    const isIssuing = ctx.oidc.route === 'token'
    if (resource === userinfo && !isIssuing) return { scope: '' }
    // With its user's power in every organization: for the products of the deployment alone. Another one gets what is of
    // an organization, within what its user consents to there (TOK-6).
    if (isThirdParty(client) && (resource === gateway || organizationOf(ctx, resource) === null))
      throw new errors.InvalidTarget('this application may not ask for this resource')
    // Nothing is looked up before the sign-in is over: whoever asks may be anybody (TOK-4). What is asked for is kept.
    if (!isIssuing) {
      keepOrganization(ctx, resource)
      return { scope: (askOf(ctx).scopes ?? []).join(' ') }
    }
    if (resource === gateway) return { ...signed, scope: '', audience: gateway, accessTokenTTL: GATEWAY_SECONDS }
    if (resource === userinfo) throw new errors.InvalidTarget('name the userinfo endpoint alone')
    const { organizationId, scopes, seconds } = await decide(ctx, resource, client)
    const audience = organizationIn(resource) === null ? resource : organizationAudience(organizationId)
    return { ...signed, scope: scopes.join(' '), audience, accessTokenTTL: seconds }
  }

  return {
    enabled: true,
    defaultResource(ctx: KoaContextWithOIDC, client: Client, oneOf?: readonly string[]): string | string[] {
      const { organization } = askOf(ctx)
      if (organization !== null) return resourceOf(organization)
      if (oneOf !== undefined) return oneOf.includes(gateway) ? gateway : chosenOf(oneOf)
      // Somebody else's product gets no more than it asks for.
      return isThirdParty(client) ? [] : gateway
    },
    useGrantedResource: (
      ctx: KoaContextWithOIDC,
      { resource }: { resource?: string | readonly string[] | undefined },
    ) => !askOf(ctx).isForUserinfo && resource !== userinfo,
    getResourceServerInfo: serverOf,
    /** Before a refresh token is used up: a refusal leaves it good. */
    async checkRefresh(ctx: KoaContextWithOIDC): Promise<void> {
      const { RefreshToken: refreshToken, Client: client } = ctx.oidc.entities
      const resource = ctx.oidc.params?.resource ?? chosenOf(refreshToken?.resource)
      if (client === undefined || typeof resource !== 'string' || resource === userinfo) return
      if (refreshToken?.resourceIndicators.has(resource) !== true)
        throw new errors.InvalidTarget('this sign-in was not for this resource')
      await serverOf(ctx, resource, client)
    },
  }
}

/** Puts what was granted into the token, and into the answer beside it; and how its user signed in (RFC 9068, 2.2.1). */
export function writeGrant(
  ctx: KoaContextWithOIDC,
  token: { scope?: string | undefined },
  { payload }: { payload: Record<string, unknown> },
): void {
  const { granted, namesRoles: isNaming, subject } = askOf(ctx)
  const signIn = subject === undefined ? authenticationOf(ctx) : subject.authentication
  if (signIn !== null)
    Object.assign(payload, {
      ...(signIn.at !== null && { auth_time: Math.floor(signIn.at.getTime() / 1000) }),
      ...(signIn.methods.length > 0 && { amr: signIn.methods }),
      ...(signIn.acr !== null && { acr: signIn.acr }),
    })
  if (granted === undefined) return
  token.scope = granted.scopes.join(' ')
  Object.assign(payload, {
    scope: token.scope,
    organization_id: granted.organizationId,
    organization_slug: granted.slug,
    ...(isNaming === true && { organization_roles: granted.roles }),
  })
}

/**
 * Before a grant of ours runs: the parameters of the organization become the resource that they stand for, and the
 * permissions asked for are kept apart, since a refresh token knows only the scopes of its sign-in.
 */
export function readAsk(ctx: KoaContextWithOIDC, config: Config): void {
  const ask = askOf(ctx)
  const { params } = ctx.oidc
  if (params === undefined) return
  if (params.resource === userinfoOf(config)) {
    params.resource = undefined
    ask.isForUserinfo = true
  }
  if (ask.organization !== null) params.resource ??= resourceOf(ask.organization)
  if (params.grant_type !== 'refresh_token' || typeof params.scope !== 'string') return
  const identity = params.scope.split(' ').filter(one => identityScopes.includes(one))
  params.scope = identity.length === 0 ? undefined : identity.join(' ')
}

/** A product of the deployment may turn to any organization of its user later; another only to what it asked for. */
export function widenResources(provider: Provider): void {
  for (const model of [provider.AuthorizationCode, provider.RefreshToken]) {
    Object.defineProperty(model.prototype, 'resourceIndicators', {
      get(this: { resource?: string | string[] }) {
        const client = Provider.ctx?.oidc.client
        const isOwn = client !== undefined && !isThirdParty(client)
        const named = [this.resource ?? []].flat()
        // Beside an API the organization only says for which one its tokens are.
        const asked = apisIn(named).length === 0 ? named : apisIn(named)
        return { has: (resource: string) => isOwn || asked.includes(resource) }
      },
      configurable: true,
    })
  }
}

/**
 * The organization that a token for this resource is for: named by the resource itself, beside it, or beside it at the
 * sign-in.
 */
const organizationOf = (ctx: KoaContextWithOIDC, resource: string) =>
  organizationIn(resource) ?? askOf(ctx).organization ?? organizationKept(ctx, resource)

function whoAsks(ctx: KoaContextWithOIDC, client: Client) {
  const { subject } = askOf(ctx)
  if (subject !== undefined) return { principalId: subject.principalId, authentication: subject.authentication }
  const machine = machinePrincipalOf(client)
  const { Account: account } = ctx.oidc.entities
  if (account !== undefined) return { principalId: account.accountId, authentication: authenticationOf(ctx) }
  if (machine === null) throw new errors.InvalidTarget('this application is nobody to an organization')
  return { principalId: machine, authentication: null }
}

/** What the code or the refresh token remembers of the sign-in. */
function authenticationOf(ctx: KoaContextWithOIDC): Authentication | null {
  const { RefreshToken: refreshToken, AuthorizationCode: code } = ctx.oidc.entities
  const source = refreshToken ?? code
  if (source === undefined) return null
  const { authTime = 0, amr = [], acr = null } = source
  return { at: new Date(authTime * 1000), methods: amr, acr, issuer: ctx.oidc.provider.issuer }
}

/** What is asked for, never more than the sign-in asked for where it named permissions (TOK-2, RFC 6749 section 6). */
function scopesOf(ctx: KoaContextWithOIDC, { scopes, subject }: Ask): readonly string[] | null {
  const { RefreshToken: refreshToken, AuthorizationCode: code } = ctx.oidc.entities
  const before = subject === undefined ? permissionsIn((refreshToken ?? code)?.scope) : subject.scopes
  if (before === null || scopes === null) return scopes ?? before
  return scopes.filter(one => before.includes(one))
}

function namesRoles(ctx: KoaContextWithOIDC): boolean {
  const { RefreshToken: refreshToken, AuthorizationCode: code } = ctx.oidc.entities
  const asked = (refreshToken ?? code)?.scope ?? ctx.oidc.params?.scope
  return typeof asked === 'string' && asked.split(' ').includes('organization_roles')
}

function refusalOf({ error, description }: { error: string; description: string }): errors.OIDCProviderError {
  if (error === 'access_denied') return new errors.AccessDenied(description)
  if (error === 'invalid_target') return new errors.InvalidTarget(description)
  return new errors.CustomOIDCProviderError(error, description)
}
