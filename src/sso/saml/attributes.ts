import { SamlRefusedError } from './saml-refused-error.ts'
import { attributeOf, childrenNamed, textOf } from './xml.ts'

/** What the provider says of the user, by the names that it uses. */
export type Attributes = ReadonlyMap<string, readonly string[]>

/** All attributes of an assertion. One that comes twice has the values of both; what is no text is left out. */
export function attributesOf(assertion: Element): Attributes {
  const found = new Map<string, string[]>()
  for (const statement of childrenNamed(assertion, 'assertion', 'AttributeStatement')) {
    for (const attribute of childrenNamed(statement, 'assertion', 'Attribute')) {
      const name = attributeOf(attribute, 'Name')
      if (name === null) continue
      const texts = childrenNamed(attribute, 'assertion', 'AttributeValue').map(value => textOf(value)?.trim() ?? '')
      const values = found.get(name) ?? []
      found.set(name, values)
      values.push(...texts.filter(text => text !== ''))
    }
  }
  return found
}

/** The values of all of the names together, each once. */
export function valuesOf(attributes: Attributes, names: readonly string[]): string[] {
  return [...new Set(names.flatMap(name => attributes.get(name) ?? []))]
}

/** The first value of the first name that has one; null when none has. */
export function firstOf(attributes: Attributes, names: readonly string[]): string | null {
  return valuesOf(attributes, names)[0] ?? null
}

/**
 * The value of the first name that has one.
 * @throws SamlRefusedError when that name has several: by one of them the user would be taken for somebody else
 */
export function onlyOf(attributes: Attributes, names: readonly string[]): string | null {
  const name = names.find(one => (attributes.get(one) ?? []).length > 0)
  const [value, ...others] = name === undefined ? [] : valuesOf(attributes, [name])
  if (others.length > 0) throw new SamlRefusedError('ATTRIBUTE_AMBIGUOUS', name)
  return value ?? null
}
