import type { KoaContextWithOIDC } from 'oidc-provider'
import { type Ask, askOf, organizationIn, resourceOf } from './organization-ask.ts'

/** A code and its refresh tokens remember resources alone: the organization of an API becomes one of them. */
export function keepOrganization(ctx: KoaContextWithOIDC, resource: string): void {
  const { provider, resourceServers } = ctx.oidc
  const { organization } = askOf(ctx)
  if (resourceServers === undefined || organization === null || organizationIn(resource) !== null) return
  const indicator = resourceOf(organization)
  resourceServers[indicator] = new provider.ResourceServer(indicator, { scope: '' })
}

/** The organization that the sign-in named beside this API. */
export function organizationKept(ctx: KoaContextWithOIDC, resource: string): Ask['organization'] {
  const { RefreshToken: refreshToken, AuthorizationCode: code } = ctx.oidc.entities
  const named = [(refreshToken ?? code)?.resource ?? []].flat()
  const organizations = named.map(organizationIn).filter(one => one !== null)
  return named.includes(resource) && organizations.length === 1 ? (organizations[0] ?? null) : null
}

/** What is no organization. */
export const apisIn = (resources: readonly string[]) => resources.filter(one => organizationIn(one) === null)

/** Of what a sign-in named the one that a token is for: the API, where only its organization stands beside it. */
export function chosenOf(named: string | readonly string[] | undefined): string | string[] {
  const all = [named ?? []].flat()
  const [api, ...others] = apisIn(all)
  if (all.length === 1) return all[0] ?? []
  return api !== undefined && others.length === 0 && all.length === 2 ? api : all
}
