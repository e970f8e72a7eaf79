import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from '@simplewebauthn/server'
import { z } from 'zod'
import type { RelyingParty } from './relying-party.ts'

/** COSE: EdDSA, ES256, RS256. Every authenticator has one of them. */
const algorithms = [-8, -7, -257]
const MAX_TRANSPORTS = 8

const base64url = z
  .string()
  .max(8192)
  .regex(/^[\w-]+$/)
const common = {
  id: base64url.max(1400),
  rawId: base64url.max(1400),
  type: z.literal('public-key'),
}
const transports = z.array(z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']).catch('hybrid'))
const creation = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: transports.max(MAX_TRANSPORTS).catch([]),
  }),
})
const assertion = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish(),
  }),
})
/** What a browser says that a passkey signed. */
export type Assertion = z.infer<typeof assertion>

/** What the page sent; null for what is nothing of the kind. */
export function assertionOf(json: string): Assertion | null {
  return assertion.safeParse(parsed(json)).data ?? null
}

/** How a browser is asked for a passkey: one of these, or any that the user chooses. */
export function requestOptions(party: RelyingParty, challenge: string, allowed: readonly Descriptor[]) {
  return generateAuthenticationOptions({
    ...{ rpID: party.id, challenge: bytesOf(challenge), userVerification: 'required' },
    ...(allowed.length > 0 && { allowCredentials: descriptors(allowed) }),
  })
}

/** How a browser is asked to make a passkey: one that is found without an address, and that asks who is there. */
export function creationOptions(
  party: RelyingParty,
  challenge: string,
  {
    handle,
    name,
    displayName,
    known,
  }: { handle: string; name: string; displayName: string; known: readonly Descriptor[] },
) {
  return generateRegistrationOptions({
    ...{ rpName: party.name, rpID: party.id, userName: name, userDisplayName: displayName },
    ...{ userID: bytesOf(handle), challenge: bytesOf(challenge), attestationType: 'none' },
    excludeCredentials: descriptors(known),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: algorithms,
  })
}

/** The counter that was signed; null unless this is the passkey's signature, for us, over this challenge, by its user. */
export async function checkAssertion(
  party: RelyingParty,
  challenge: string,
  { response, credential }: { response: Assertion; credential: Pick<WebAuthnCredential, 'id' | 'publicKey'> },
) {
  const { userHandle, ...signed } = response.response
  const checked = await verifyAuthenticationResponse({
    response: { ...response, response: signed, clientExtensionResults: {} },
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    // The counter is compared where it is written, in one statement.
    credential: { ...credential, counter: 0 },
  }).catch(() => null)
  if (checked?.verified !== true) return null
  const { newCounter, credentialBackedUp } = checked.authenticationInfo
  return { signCount: newCounter, isBackedUp: credentialBackedUp }
}

/** The passkey that was made; null unless it was made for us, to this challenge, by who is there. */
export async function checkCreation(party: RelyingParty, challenge: string, json: string) {
  const { data: response } = creation.safeParse(parsed(json))
  if (response === undefined) return null
  const checked = await verifyRegistrationResponse({
    response: { ...response, clientExtensionResults: {} },
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithms,
  }).catch(() => null)
  if (checked?.verified !== true) return null
  const { credential, aaguid, credentialBackedUp: isBackedUp } = checked.registrationInfo
  return { ...credential, aaguid, isBackedUp, transports: [...new Set(response.response.transports)] }
}
export type Made = NonNullable<Awaited<ReturnType<typeof checkCreation>>>

/** How a browser finds a passkey. */
export interface Descriptor {
  readonly credentialId: string
  readonly transports: readonly string[]
}
const descriptors = (known: readonly Descriptor[]) =>
  known.map(({ credentialId, transports: by }) => ({ id: credentialId, transports: [...by] }))

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
