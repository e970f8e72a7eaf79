import type { Browser, Shown } from '../kit/browser.ts'
import type { Client, Loose, Result } from '../kit/client.ts'
import type { World } from '../kit/world.ts'
import { shown } from './connectors.ts'

type Place = { readonly id: string }

const setupLinkFields = `id label status createdAt expiresAt lastUsedAt viewerCanRevoke
  createdBy { id } ssoConnector { id name isUsable }`

/** Makes a link, whatever comes of it. */
export function tryLink(by: Client, { id }: Place, more: object = {}): Promise<Result> {
  const selection = `... on CreateSsoSetupLinkPayload { url ssoSetupLink { ${setupLinkFields} } }
    ... on InvalidInputError { issues { path message } }`
  return by.mutate('createSsoSetupLink', { organizationId: id, label: 'For Ada of IT', ...more }, selection)
}

/** A new link; anything else is a failure. */
export async function setupLink(by: Client, place: Place, more: object = {}): Promise<Loose & { url: string }> {
  const made = await tryLink(by, place, more)
  if (made.url === undefined) throw new Error(`No link: ${JSON.stringify(made)}`)
  return { ...made.ssoSetupLink, url: made.url }
}

export function revokeSetupLink(by: Client, { id }: Loose): Promise<Result> {
  const selection =
    '... on SsoSetupLinkClosedError { status } ... on RevokeSsoSetupLinkPayload { ssoSetupLink { status } }'
  return by.mutate('revokeSsoSetupLink', { ssoSetupLinkId: id }, selection)
}

export async function setupLinksOf(by: Client, { id }: Place): Promise<Loose[] | null> {
  const query = `query($id: ID!) { organization(by: { id: $id }) { ssoSetupLinks { nodes { ${setupLinkFields} } } } }`
  return (await by.query(query, { id })).organization.ssoSetupLinks?.nodes ?? null
}

/** Opens a link as whoever has no scripts does: by pasting it. */
export async function openLink(browser: Browser, { url }: Pick<Shown | Loose, 'url'>): Promise<Shown> {
  return browser.submit(await browser.open('/sso/setup'), '/open', { link: String(url) })
}

export const openSetup = (browser: Browser, provider?: string, protocol?: string) =>
  browser.open(`/sso/setup/connector${provider === undefined ? '' : `?provider=${provider}&protocol=${protocol}`}`)

/** The connector that the link made. */
export async function connectorOf(by: Client, { id }: Loose): Promise<Loose | null> {
  const query = `query($id: ID!) { node(id: $id) { ... on SsoSetupLink { ssoConnector { ${shown} } } } }`
  return (await by.query(query, { id })).node.ssoConnector
}

/** What the audit log of an organization says, newest last: the action, and through which setup link. */
export async function auditOf({ owner, acme }: Pick<World, 'owner' | 'acme'>) {
  const query = `query($id: ID!) { organization(by: { id: $id }) {
    auditEvents(first: 100) { nodes { action actorLabel changes { field after } } } } }`
  const { organization } = await owner.query(query, { id: acme.id })
  const nodes = organization.auditEvents.nodes as Loose[]
  return nodes.toReversed().map(({ action, actorLabel, changes }) => ({
    action: action as string,
    actor: (actorLabel ?? undefined) as string | undefined,
    link: (changes as Loose[]).find(({ field }) => field === 'setupLink')?.after as string | undefined,
  }))
}
