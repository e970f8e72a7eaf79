/** What an XML document may have: a parser takes quadratic time for depth, and recursion for it ends in a crash. */
export interface XmlLimits {
  readonly bytes: number
  readonly depth: number
  readonly elements: number
  readonly attributes: number
  /** Comments split the text in which they stand (CVE-2017-11427 and its kind). */
  readonly hasComments: boolean
}

export type XmlFault = 'TOO_LARGE' | 'MALFORMED' | 'FORBIDDEN'

// One token after the other, each where the last one ended. No quantifier stands within another over the same characters.
const token = new RegExp(
  [
    '(?<text>[^<]+)',
    '(?<comment><!--(?:[^-]|-(?!-))*-->)',
    String.raw`(?<cdata><!\[CDATA\[[\s\S]*?\]\]>)`,
    String.raw`(?<declaration><\?xml\s[^<>?]*\?>)`,
    String.raw`(?<close></[^\s<>"'/=]+\s*>)`,
    String.raw`(?<open><[^\s<>"'/=!?]+(?:\s+[^\s<>"'/=]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(?<empty>/?)>)`,
  ].join('|'),
  'y',
)
const forbidden = /<[!?]/y
const attribute = /=\s*(?:"[^"]*"|'[^']*')/g
const otherEncoding = /\sencoding\s*=\s*["'](?!utf-8["'])/i

/**
 * Reads a document token by token before any parser does, and finds what must not reach one: a DTD with its entities,
 * processing instructions, and sizes that are an attack. Null when there is nothing of the kind.
 */
export function faultOfXml(xml: string, limits: XmlLimits): XmlFault | null {
  if (Buffer.byteLength(xml) > limits.bytes) return 'TOO_LARGE'
  let depth = 0
  let elements = 0
  let attributes = 0
  let roots = 0
  for (let at = 0; at < xml.length; at = token.lastIndex) {
    token.lastIndex = at
    const found = token.exec(xml)?.groups
    if (found === undefined) {
      forbidden.lastIndex = at
      return forbidden.test(xml) ? 'FORBIDDEN' : 'MALFORMED'
    }
    const { text, comment, cdata, declaration, close, open, empty } = found
    if (comment !== undefined && !limits.hasComments) return 'FORBIDDEN'
    if (declaration !== undefined && (at > 0 || otherEncoding.test(declaration))) return 'FORBIDDEN'
    if (depth === 0 && (cdata !== undefined || (text !== undefined && text.trim() !== ''))) return 'MALFORMED'
    if (open !== undefined) {
      if (depth === 0 && ++roots > 1) return 'MALFORMED'
      attributes += open.match(attribute)?.length ?? 0
      if (++elements > limits.elements || attributes > limits.attributes || depth >= limits.depth) return 'TOO_LARGE'
      if (empty === '') depth++
    }
    if (close !== undefined && --depth < 0) return 'MALFORMED'
  }
  return depth === 0 && roots === 1 ? null : 'MALFORMED'
}
