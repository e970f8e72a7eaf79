import { emailKey } from '../../users/email.ts'
import type { AttributeMapping } from './attribute-mapping.ts'
import { type Attributes, firstOf, onlyOf, valuesOf } from './attributes.ts'
import { SamlRefusedError } from './saml-refused-error.ts'
import { attributeOf, childrenNamed, childrenOf, textOf } from './xml.ts'

/** The name by which the provider knows the user. */
export interface NameId {
  readonly value: string
  readonly format: string
}

const saml1 = 'urn:oasis:names:tc:SAML:1.1:nameid-format:'
const saml2 = 'urn:oasis:names:tc:SAML:2.0:nameid-format:'
const unspecified = `${saml1}unspecified`
const transient = `${saml2}transient`
/** Two of these that differ in case alone are one user: providers write them as they were last typed. */
const caseless = new Set([`${saml1}emailAddress`, `${saml1}WindowsDomainQualifiedName`])
/** What the specification allows for a persistent one (core, section 8.3.7). */
const longest = 256

/** The NameID of an assertion; null when it has none. */
export function nameIdOf(assertion: Element): NameId | null {
  const subjects = childrenNamed(assertion, 'assertion', 'Subject')
  const [nameId, ...others] = subjects.flatMap(subject => childrenNamed(subject, 'assertion', 'NameID'))
  const kinds = subjects.flatMap(childrenOf).filter(({ localName }) => /^(?:BaseID|EncryptedID)$/.test(localName))
  if (others.length > 0 || kinds.length > 0 || subjects.length > 1)
    throw new SamlRefusedError('SUBJECT_MISSING', 'another form than one NameID')
  if (nameId === undefined) return null
  return { value: textOf(nameId) ?? '', format: attributeOf(nameId, 'Format') ?? unspecified }
}

/**
 * Who the user is to this connector: by the mapped attribute if there is one, else by the NameID. It is compared as it
 * is, but for formats whose case means nothing, which come in lower case.
 * @throws SamlRefusedError when the next sign-in would not know the user again, or nobody is named
 */
export function subjectOf(nameId: NameId | null, attributes: Attributes, mapping: AttributeMapping): string {
  if (mapping.subject.length > 0) return usable(onlyOf(attributes, mapping.subject))
  if (nameId?.format === transient) throw new SamlRefusedError('SUBJECT_NOT_STABLE')
  const subject = usable(nameId?.value ?? null)
  return caseless.has(nameId?.format ?? '') ? subject.toLowerCase() : subject
}

function usable(subject: string | null): string {
  if (subject === null || subject === '') throw new SamlRefusedError('SUBJECT_MISSING')
  if (subject.length > longest || subject.trim() !== subject || /\p{Cc}/u.test(subject) || !subject.isWellFormed())
    throw new SamlRefusedError('SUBJECT_MISSING', subject)
  return subject
}

/** The address of the user: of the mapped attribute; without one, a NameID that is an address. */
export function emailOf(nameId: NameId | null, attributes: Attributes, mapping: AttributeMapping): string | null {
  const attribute = onlyOf(attributes, mapping.email)
  const email = attribute ?? (nameId?.format === `${saml1}emailAddress` ? nameId.value : null)
  return email === null || emailKey(email) === null ? null : email
}

/** The name of the user for people: the whole one, else given and family name. */
export function nameOf(attributes: Attributes, mapping: AttributeMapping): string | null {
  const parts = [firstOf(attributes, mapping.givenName), firstOf(attributes, mapping.familyName)]
  return firstOf(attributes, mapping.name) ?? (parts.filter(part => part !== null).join(' ') || null)
}

/** The picture of the user: an address that a browser may load; null for any other text. */
export function pictureOf(attributes: Attributes, mapping: AttributeMapping): string | null {
  const url = URL.parse(firstOf(attributes, mapping.picture) ?? '')
  return url?.protocol === 'https:' ? url.href : null
}

/** The groups of the user, each once. */
export const groupsOf = (attributes: Attributes, mapping: AttributeMapping) => valuesOf(attributes, mapping.groups)
