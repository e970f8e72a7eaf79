import { SignInAddress } from '../auth/issuer/issuer.entity.ts'
import { ownIssuer } from '../auth/own-issuer.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { newId } from '../ids.ts'
import { provisionThrough } from '../jit-provisioning/provision-through.ts'
import { line } from '../text.ts'
import { Identity, Principal } from '../users/principal.entity.ts'
import type { ProvidedIdentity } from './protocol.ts'
import { reapplyGroups } from './reapply-groups.ts'
import { SsoIdentity } from './sso-connector.entity.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'

interface Address {
  readonly email: string
  readonly key: string
}

interface Known {
  readonly principalId: string
  /** Whether the most specific proof of the domain of their own address is another organization's. */
  readonly isOfOthers: boolean
}

const bySubject = statement(
  'principal_by_sso_identity',
  `select i.principal_id as "principalId", p.is_email_verified and exists (
     select from unnest(tenantry_covering_domains(p.email_key)) with ordinality as theirs (name, place)
     where tenantry_is_domain_held(theirs.name, $1) and not exists (
       select from unnest(tenantry_covering_domains(p.email_key)) with ordinality as ours (name, place)
       join email_domain d on d.domain = ours.name and d.organization_id = $1 and d.status = 'VERIFIED'
       where ours.place < theirs.place)) as "isOfOthers"
   from sso_identity i join principal p on p.id = i.principal_id
   where i.organization_id = $1 and i.connector_id = $2 and i.issuer = $3 and i.subject = $4`,
)
const byAddress = statement(
  'principal_by_sign_in_address',
  'select principal_id as "principalId" from sign_in_address where email_key = $1',
)
const refresh = statement(
  'refresh_sso_profile',
  `update principal set display_name = coalesce($2, display_name), avatar_url = coalesce($3, avatar_url)
   where id = $1 and (display_name is distinct from coalesce($2, display_name) or avatar_url is distinct from coalesce($3, avatar_url))`,
)

/**
 * The user whom a connector signs in: known by (connector, issuer, subject); else whoever signs in here with the address,
 * which the organization of the connector may speak for; else a new user (SSO-2). The address was judged before.
 * Null for a user who is known, and whose own address another organization has proved since: a provider that once spoke
 * for them may say anything of them, and they have moved on.
 * @param address with the organizations whose locks the transaction holds
 */
export async function personOf(
  tx: Tx,
  connector: SsoConnectorRow,
  identity: ProvidedIdentity,
  { locked, ...address }: Address & { readonly locked: readonly string[] },
): Promise<{ principalId: string } | null> {
  const { organizationId, id: connectorId } = connector
  const { issuer, subject } = identity
  const profile = profileOf(identity)
  const groups = { connectorId, groups: identity.groups }
  const [known] = await tx.rows<Known>(bySubject, [organizationId, connectorId, issuer, subject])
  if (known?.isOfOthers === true) return null
  if (known !== undefined) {
    await tx.rows(refresh, [known.principalId, profile.name, profile.picture])
    await reapplyGroups(tx, groups, known.principalId, locked)
    return { principalId: known.principalId }
  }
  const [same] = await tx.rows<{ principalId: string }>(byAddress, [address.key])
  const principalId = same?.principalId ?? (await newPerson(tx, profile, address))
  if (same !== undefined) await tx.rows(refresh, [principalId, profile.name, profile.picture])
  // Two first sign-ins at once: the keys let one of them through, and the other starts over and finds it.
  await tx.em.insert(SsoIdentity, { organizationId, connectorId, issuer, subject, principalId, createdAt: tx.now })
  const action = 'SSO_IDENTITY_LINKED'
  const as = { field: 'user', before: null, after: same === undefined ? 'NEW' : 'KNOWN' }
  tx.record({ organizationId, action, target: { type: 'User', id: principalId, label: address.email }, changes: [as] })
  tx.emit(organizationId, action, { organizationId, ssoConnectorId: connectorId, principalId })
  // Here, and nowhere else, is the first sign-in of a user through a connector (JIT-6).
  await provisionThrough(tx, groups, { principalId, emailKey: address.key, isNew: same === undefined }, locked)
  await reapplyGroups(tx, groups, principalId, locked)
  return { principalId }
}

interface Profile {
  readonly name: string | null
  readonly picture: string | null
}

async function newPerson(tx: Tx, { name, picture }: Profile, { email, key: emailKey }: Address): Promise<string> {
  const id = newId(tx.now)
  const displayName = name ?? email.slice(0, email.lastIndexOf('@'))
  const person = { id, kind: 'USER' as const, displayName, avatarUrl: picture, email, emailKey, isEmailVerified: true }
  await tx.em.insert(Principal, { ...person, createdAt: tx.now })
  const { issuer } = ownIssuer(tx.config)
  await tx.em.insert(Identity, { issuer, subject: id, principalId: id, createdAt: tx.now })
  await tx.em.insert(SignInAddress, { emailKey, principalId: id, createdAt: tx.now })
  return id
}

/** What can be kept and shown of a name and a picture from outside. */
function profileOf({ name, picture }: ProvidedIdentity): Profile {
  const url = line(picture, 2048)
  return { name: line(name, 128), picture: url !== null && URL.parse(url)?.protocol === 'https:' ? url : null }
}
