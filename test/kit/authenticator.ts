import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { encode } from 'cbor2'

/** What a page asks of a browser, as far as a passkey needs it. */
export interface Asked {
  readonly challenge: string
  readonly rp?: { readonly id: string }
  readonly rpId?: string
  readonly user?: { readonly id: string }
}

/** What can go wrong, or be made to. */
export interface Lies {
  readonly type?: string
  readonly challenge?: string
  readonly origin?: string
  readonly rpId?: string
  /** Absent: that somebody is there, and that it is the user. */
  readonly flags?: number
  readonly signCount?: number
  /** Whose user handle it says. */
  readonly userHandle?: string | null
  /** Signs with another key than it made. */
  readonly isForged?: boolean
  readonly credentialId?: string
}

const UP = 0x01
const UV = 0x04
const AT = 0x40
/** Flags of who was there and did not show that it is them, and of nobody. */
export const unverified = UP
export const absent = UV

/** A device with passkeys, in software: Web Authentication, level 3, sections 6 and 7, with ES256 and without attestation. */
export function createAuthenticator(origin: string) {
  let signCount = 0
  const credentialId = randomBytes(32).toString('base64url')
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  let handle: string | null = null

  return {
    credentialId,
    /** Makes the passkey, as `navigator.credentials.create` would. */
    create(asked: Asked, lies: Lies = {}): string {
      handle = asked.user?.id ?? null
      const id = lies.credentialId ?? credentialId
      const raw = Buffer.from(id, 'base64url')
      const length = Buffer.alloc(2)
      length.writeUInt16BE(raw.length)
      const data = Buffer.concat([
        authenticatorData(lies.rpId ?? asked.rp?.id ?? '', (lies.flags ?? UP | UV) | AT, lies.signCount ?? signCount),
        ...[Buffer.alloc(16), length, raw, coseKey(publicKey)],
      ])
      const attestationObject = Buffer.from(encode({ fmt: 'none', attStmt: {}, authData: new Uint8Array(data) }))
      return answer(id, {
        clientDataJSON: clientData('webauthn.create', origin, asked, lies).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      })
    },
    /** Signs, as `navigator.credentials.get` would. */
    get(asked: Asked, lies: Lies = {}): string {
      signCount += 1
      const data = authenticatorData(lies.rpId ?? asked.rpId ?? '', lies.flags ?? UP | UV, lies.signCount ?? signCount)
      const client = clientData('webauthn.get', origin, asked, lies)
      const key = lies.isForged === true ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : privateKey
      const signature = sign('sha256', Buffer.concat([data, createHash('sha256').update(client).digest()]), key)
      return answer(lies.credentialId ?? credentialId, {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: lies.userHandle === undefined ? handle : lies.userHandle,
      })
    },
  }
}
export type Authenticator = ReturnType<typeof createAuthenticator>

const answer = (id: string, response: object) => JSON.stringify({ id, rawId: id, type: 'public-key', response })

function clientData(type: string, origin: string, asked: Asked, lies: Lies): Buffer {
  const said = { type, challenge: asked.challenge, origin, crossOrigin: false }
  const { type: otherType = type, challenge = said.challenge, origin: otherOrigin = origin } = lies
  return Buffer.from(JSON.stringify({ ...said, type: otherType, challenge, origin: otherOrigin }))
}

function authenticatorData(rpId: string, flags: number, count: number): Buffer {
  const tail = Buffer.alloc(5)
  tail.writeUInt8(flags)
  tail.writeUInt32BE(count, 1)
  return Buffer.concat([createHash('sha256').update(rpId).digest(), tail])
}

/** RFC 9053: an elliptic curve key with two coordinates, P-256, for ES256. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const coordinate = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
  const entries: [number, number | Uint8Array][] = [
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, coordinate(x)],
    [-3, coordinate(y)],
  ]
  return Buffer.from(encode(new Map(entries)))
}
