import type { Services } from '../context.ts'
import { statement } from '../db/statement.ts'
import { transaction } from '../db/transaction.ts'
import { accountGone, RequestError } from '../errors.ts'
import { isUuid, newId } from '../ids.ts'
import { provisionAtSignIn } from '../jit-provisioning/provision.ts'
import { ssoMethod } from '../sso/methods.ts'
import { type RequiredSso, requiredSsoOf } from '../sso/required.ts'
import { emailKey } from '../users/email.ts'
import { Identity, Principal, type PrincipalKind } from '../users/principal.entity.ts'
import { anonymous, type Caller } from './actor.ts'
import { isNamedOperator } from './named-operator.ts'
import { ownIssuer } from './own-issuer.ts'
import { useToken } from './required-sso-policy.ts'
import type { TokenClaims, VerifyToken } from './verify-token.ts'
import { bearerToken } from './verify-token.ts'

interface OwnIssuers {
  /** The built-in issuer; null where it is off. */
  readonly builtIn: string | null
  /** The issuers whose `client_id` is one of our machine applications'. */
  readonly ofMachines: readonly string[]
}
type Authenticate = (authorization: string | null) => Promise<Caller | null>

interface Row {
  id: string
  kind: PrincipalKind
  displayName: string
  email: string | null
  isEmailVerified: boolean
  avatarUrl: string | null
}
/** Somebody who was looked up, with the connector that their address has to sign in through. */
interface Found extends Row {
  requiredSso: RequiredSso | null
}

const columns = `p.id, p.kind, p.display_name as "displayName", p.email, p.is_email_verified as "isEmailVerified", p.avatar_url as "avatarUrl"`
// Asked with the look-up that there is: it costs a known user no statement of its own.
const requiredSso = 'tenantry_required_sso(p.id, null) as "requiredSso"'
const byIdentity = statement(
  'principal_by_identity',
  `select ${columns}, ${requiredSso} from identity i join principal p on p.id = i.principal_id where i.issuer = $1 and i.subject = $2`,
)
const byClientId = statement('principal_by_client_id', `select ${columns} from principal p where p.client_id = $1`)
const touch = statement('touch_machine', 'update principal set last_used_at = $2 where id = $1')

const byId = statement(
  'principal_of_own_token',
  `select ${columns}, ${requiredSso} from principal p where p.id = $1 and p.kind = 'USER'`,
)

/**
 * Finds out who calls. A valid subject seen for the first time becomes a user from the claims; claims that changed since
 * update the user. What was found is kept with the verified token, for as long as that is (two minutes at most).
 */
export function createAuthenticate(services: Services, verify: VerifyToken, issuers: OwnIssuers): Authenticate {
  const callers = new WeakMap<TokenClaims, Promise<Caller>>()
  return async authorization => {
    const token = bearerToken(authorization)
    if (token === null) return null
    const claims = await verify(token)
    let caller = callers.get(claims)
    if (caller === undefined) {
      const isMachine = issuers.ofMachines.includes(claims.issuer) && claims.clientId === claims.subject
      caller = isMachine ? machine(services, claims) : user(services, claims, issuers.builtIn)
      callers.set(claims, caller)
      // A failure to look up is not the answer for the next two minutes.
      caller.catch(() => callers.delete(claims))
    }
    return caller
  }
}

async function machine(services: Services, claims: TokenClaims): Promise<Caller> {
  const { rows } = await services.pool.query<Row>(byClientId.text, [claims.subject])
  const row = rows[0]
  if (row === undefined)
    throw new RequestError(
      'UNAUTHENTICATED',
      `There is no machine application with the client id ${JSON.stringify(claims.subject)}.`,
    )
  await services.pool.query(touch.text, [row.id, services.clock()])
  const { id, displayName } = row
  return { kind: 'MACHINE', id, displayName, emailKey: null, isConfiguredOperator: false, token: claims.organization }
}

async function user(services: Services, claims: TokenClaims, builtIn: string | null): Promise<Caller> {
  const row = claims.issuer === builtIn ? await own(services, claims) : await foreign(services, claims)
  const { id, displayName } = row
  const { organization: token, issuer, methods, acr } = claims
  const shown = { issuer, methods, acr }
  if (token !== null)
    return { kind: 'USER', id, displayName, emailKey: null, isConfiguredOperator: false, token, shown }
  const key = verifiedKeyOf(row)
  // What another issuer says of methods is its own matter.
  const isThrough = issuer === builtIn && methods.includes(ssoMethod)
  const isConfiguredOperator = !isThrough && isNamedOperator(services.config, { ...claims, emailKey: key })
  const caller = { kind: 'USER', id, displayName, emailKey: key, isConfiguredOperator, token, shown } as const
  return isThrough ? { ...caller, isThroughConnector: true } : caller
}

/** Whoever runs the deployment gets in whatever a tenant requires, and can take it back. @throws RequestError */
function refuseSignIn(services: Services, claims: TokenClaims, { required, key }: Address): void {
  if (required === null || isNamedOperator(services.config, { ...claims, emailKey: key })) return
  const verdict = useToken(required, claims, ownIssuer(services.config).issuer)
  if (verdict !== null) throw verdict
}
interface Address {
  readonly required: RequiredSso | null
  readonly key: string | null
}

/** A token of our own is about somebody we know: whoever was deleted meanwhile does not come back by it. */
async function own(services: Services, claims: TokenClaims): Promise<Row> {
  const { subject } = claims
  const row = isUuid(subject) ? (await services.pool.query<Found>(byId.text, [subject])).rows[0] : undefined
  if (row === undefined) throw accountGone()
  refuseSignIn(services, claims, { required: row.requiredSso, key: verifiedKeyOf(row) })
  return row
}

async function foreign(services: Services, claims: TokenClaims): Promise<Row> {
  const known = await lookUp(services, claims)
  const key = verifiedKeyOf(profileOf(claims, known ?? null))
  const isSame = known !== undefined && verifiedKeyOf(known) === key
  const asked = { principalId: known?.id ?? null, emailKey: key ?? '' }
  const required = isSame ? known.requiredSso : key === null ? null : await requiredSsoOf(services, asked)
  // Before anything comes into being, or changes.
  refuseSignIn(services, claims, { required, key })
  return bringUpToDate(services, known ?? (await create(services, claims)), claims)
}

async function lookUp({ pool }: Services, { issuer, subject }: TokenClaims): Promise<Found | undefined> {
  return (await pool.query<Found>(byIdentity.text, [issuer, subject])).rows[0]
}

/** Makes the user, and a member wherever their address makes them one: all of it, or nothing (JIT-9). */
function create(services: Services, claims: TokenClaims): Promise<Row> {
  return transaction(services, { actor: anonymous, ipAddress: null }, async tx => {
    // Two first requests at once: the key lets one of them through, and the other starts over and finds the user.
    const [known] = await tx.rows<Row>(byIdentity, [claims.issuer, claims.subject])
    if (known !== undefined) return known
    const row: Row = { id: newId(tx.now), kind: 'USER', ...profileOf(claims, null) }
    await tx.em.insert(Principal, { ...row, emailKey: keyOf(row), createdAt: tx.now })
    const { issuer, subject } = claims
    await tx.em.insert(Identity, { issuer, subject, principalId: row.id, createdAt: tx.now })
    await provisionAtSignIn(tx, { principalId: row.id, emailKey: row.isEmailVerified ? keyOf(row) : null })
    return row
  })
}

async function bringUpToDate(services: Services, row: Row, claims: TokenClaims): Promise<Row> {
  const profile = profileOf(claims, row)
  const isSame = Object.entries(profile).every(
    ([field, value]) => new Map<string, unknown>(Object.entries(row)).get(field) === value,
  )
  if (isSame) return row
  const next = { ...row, ...profile }
  await services.orm.em.fork().nativeUpdate(Principal, { id: row.id }, { ...profile, emailKey: keyOf(next) })
  return next
}

/**
 * What the claims say of a person. An access token without a profile takes nothing away from what is known; one that
 * speaks of an address and vouches for none takes the verification.
 */
function profileOf(claims: TokenClaims, known: Row | null) {
  const address = claims.email !== null && emailKey(claims.email) !== null ? claims.email : null
  return {
    displayName: claims.displayName ?? known?.displayName ?? address?.split('@')[0] ?? 'Unnamed user',
    avatarUrl: claims.avatarUrl ?? known?.avatarUrl ?? null,
    email: address ?? known?.email ?? null,
    isEmailVerified:
      address === null ? known?.isEmailVerified === true && !claims.isEmailDenied : claims.isEmailVerified,
  }
}

const verifiedKeyOf = ({ email, isEmailVerified }: Pick<Row, 'email' | 'isEmailVerified'>) =>
  email === null || !isEmailVerified ? null : emailKey(email)
const keyOf = (row: Pick<Row, 'email'>) => (row.email === null ? null : emailKey(row.email))
