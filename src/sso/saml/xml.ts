import { DOMParser } from '@xmldom/xmldom'
import { faultOfXml, type XmlFault, type XmlLimits } from './scan-xml.ts'

export const namespaces = {
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
} as const

export type Namespace = keyof typeof namespaces

/** The root element of a document, or what is wrong with it. Everything that the parser warns of is wrong. */
export function parseXml(xml: string, limits: XmlLimits): Element | XmlFault {
  const fault = faultOfXml(xml, limits)
  if (fault !== null) return fault
  const complain = (message: string) => {
    throw new SyntaxError(message)
  }
  const errorHandler = { warning: complain, error: complain, fatalError: complain }
  try {
    return new DOMParser({ errorHandler }).parseFromString(xml, 'text/xml').documentElement ?? 'MALFORMED'
  } catch {
    return 'MALFORMED'
  }
}

/** UTF-8 as a text with line ends as XML has them (XML 1.0, section 2.11); null for other bytes. */
export function decodeXml(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n')
  } catch {
    return null
  }
}

/** The elements directly below an element. */
export function childrenOf(parent: Element): Element[] {
  const found: Element[] = []
  for (let node = parent.firstChild; node !== null; node = node.nextSibling) if (isElement(node)) found.push(node)
  return found
}

/** Those of one name directly below an element. */
export function childrenNamed(parent: Element, namespace: Namespace, name: string): Element[] {
  return childrenOf(parent).filter(child => isNamed(child, namespace, name))
}

export function isNamed(element: Element, namespace: Namespace, name: string): boolean {
  return element.localName === name && element.namespaceURI === namespaces[namespace]
}

/** An element and all below it, in the order of the document. */
export function* everyElement(root: Element): Generator<Element> {
  yield root
  for (const child of childrenOf(root)) yield* everyElement(child)
}

/** An attribute without a namespace; null when it is not there, which is not the same as empty. */
export function attributeOf(element: Element, name: string): string | null {
  return element.hasAttribute(name) ? element.getAttribute(name) : null
}

/** The whole text of an element, through all of its nodes (CVE-2017-11427); null when it has elements in it. */
export function textOf(element: Element): string | null {
  return childrenOf(element).length > 0 ? null : (element.textContent ?? '')
}

function isElement(node: Node): node is Element {
  return node.nodeType === 1
}
