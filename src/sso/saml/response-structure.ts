import { accepted } from './algorithms.ts'
import { SamlRefusedError } from './saml-refused-error.ts'
import { attributeOf, childrenNamed, childrenOf, everyElement, isNamed } from './xml.ts'

export interface ResponseStructure {
  readonly assertion: Element
  readonly isEncrypted: boolean
  /** Then it must be right as well. */
  readonly isResponseSigned: boolean
}

/** What is looked for by name somewhere in the document by some reader, and so stands nowhere but in its place. */
const inTheirPlace = new Set(['Response', 'Assertion', 'EncryptedAssertion', 'Signature', 'SignedInfo'])

/**
 * Where everything is that counts in a response, of which exactly one form is accepted: the response, in it one assertion,
 * and signatures that stand in what they sign. All forms of signature wrapping need another.
 * @throws SamlRefusedError
 */
export function structureOf(response: Element): ResponseStructure {
  if (!isNamed(response, 'protocol', 'Response') || attributeOf(response, 'Version') !== '2.0')
    throw new SamlRefusedError('NOT_A_RESPONSE')
  const plain = childrenNamed(response, 'assertion', 'Assertion')
  const encrypted = childrenNamed(response, 'assertion', 'EncryptedAssertion')
  const [assertion, ...others] = [...plain, ...encrypted]
  if (others.length > 0) throw new SamlRefusedError('SEVERAL_ASSERTIONS')
  const signatures = checkPlaces(response, [response, ...plain, ...encrypted])
  checkStatus(response)
  if (assertion === undefined) throw new SamlRefusedError('ASSERTION_MISSING')
  for (const signature of signatures) checkSignature(signature)
  const isEncrypted = encrypted.length > 0
  if (!isEncrypted) checkSigned(assertion)
  return { assertion, isEncrypted, isResponseSigned: signatures.some(({ holder }) => holder === response) }
}

/**
 * An assertion that came out of its encryption, held to the same.
 * @throws SamlRefusedError
 */
export function checkDecrypted(assertion: Element): void {
  if (!isNamed(assertion, 'assertion', 'Assertion')) throw new SamlRefusedError('STRUCTURE_FORBIDDEN')
  for (const signature of checkPlaces(assertion, [assertion])) checkSignature(signature)
  checkSigned(assertion)
}

interface Signature {
  readonly element: Element
  /** In which it stands, and which it is to sign. */
  readonly holder: Element
}

function checkPlaces(root: Element, holders: readonly Element[]): Signature[] {
  const first = (parent: Element, name: string) => childrenNamed(parent, 'signature', name).slice(0, 1)
  const signatures = holders.flatMap(holder => first(holder, 'Signature').map(element => ({ element, holder })))
  const signedInfos = signatures.flatMap(({ element }) => first(element, 'SignedInfo'))
  const right = new Set([...holders, ...signatures.map(({ element }) => element), ...signedInfos])
  const ids = new Set<string>()
  for (const element of everyElement(root)) {
    if (inTheirPlace.has(element.localName) && !right.has(element))
      throw new SamlRefusedError('STRUCTURE_FORBIDDEN', element.localName)
    for (const { localName, value } of Array.from(element.attributes)) {
      if (localName?.toLowerCase() !== 'id') continue
      if (ids.has(value)) throw new SamlRefusedError('STRUCTURE_FORBIDDEN', `the ID ${value} twice`)
      ids.add(value)
    }
  }
  return signatures
}

function checkStatus(response: Element): void {
  const codes = childrenNamed(response, 'protocol', 'Status').flatMap(status =>
    childrenNamed(status, 'protocol', 'StatusCode'),
  )
  const [code] = codes
  const value = code === undefined ? null : attributeOf(code, 'Value')
  if (codes.length === 1 && value === 'urn:oasis:names:tc:SAML:2.0:status:Success') return
  const [nested] = code === undefined ? [] : childrenNamed(code, 'protocol', 'StatusCode')
  const nestedValue = nested === undefined ? null : attributeOf(nested, 'Value')
  throw new SamlRefusedError('STATUS_NOT_SUCCESS', [value, nestedValue].filter(one => one !== null).join(' '))
}

function checkSigned(assertion: Element): void {
  if (childrenNamed(assertion, 'signature', 'Signature').length === 0) throw new SamlRefusedError('ASSERTION_UNSIGNED')
}

/** One reference, to the element in which the signature stands, by transforms that take nothing else away. */
function checkSignature({ element: signature, holder }: Signature): void {
  const only = (parent: Element, name: string): Element => {
    const [found, ...more] = childrenNamed(parent, 'signature', name)
    if (found === undefined || more.length > 0)
      throw new SamlRefusedError('STRUCTURE_FORBIDDEN', `${name} of a signature`)
    return found
  }
  const algorithmOf = (element: Element) => attributeOf(element, 'Algorithm') ?? ''
  const demand = (isRight: boolean, algorithm: string) => {
    if (!isRight) throw new SamlRefusedError('ALGORITHM_FORBIDDEN', algorithm)
  }
  if (childrenNamed(signature, 'signature', 'Object').length > 0)
    throw new SamlRefusedError('STRUCTURE_FORBIDDEN', 'Object of a signature')
  const info = only(signature, 'SignedInfo')
  const reference = only(info, 'Reference')
  const transforms = childrenOf(only(reference, 'Transforms')).map(algorithmOf)
  const canonicalization = algorithmOf(only(info, 'CanonicalizationMethod'))
  const method = algorithmOf(only(info, 'SignatureMethod'))
  const digest = algorithmOf(only(reference, 'DigestMethod'))
  only(signature, 'SignatureValue')
  only(reference, 'DigestValue')
  demand(accepted.canonicalization.has(canonicalization), canonicalization)
  demand(accepted.signature.has(method), method)
  demand(accepted.digest.has(digest), digest)
  const [first = '', second = '', ...rest] = transforms
  const isPlain = first === accepted.envelopedSignature && accepted.canonicalization.has(second) && rest.length === 0
  demand(isPlain, transforms.join(' '))
  const id = attributeOf(holder, 'ID')
  if (id === null || id === '' || attributeOf(reference, 'URI') !== `#${id}`)
    throw new SamlRefusedError('STRUCTURE_FORBIDDEN', 'a signature of another element')
}
