import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  Kind,
  type SelectionSetNode,
} from 'graphql'

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>

/** Whether the query asks, below this field, for the path of fields: `selects(info, ['nodes', 'roles'])`. Over-answers for @skip. */
export function selects(info: GraphQLResolveInfo, path: readonly string[]): boolean {
  return info.fieldNodes.some(node => has(node.selectionSet, path, info.fragments))
}

/** Whether the query asks, at the end of this path, for any field but these. Over-answers for @skip. */
export function selectsBeyond(info: GraphQLResolveInfo, path: readonly string[], fields: ReadonlySet<string>): boolean {
  return info.fieldNodes.some(node => hasBeyond(node.selectionSet, path, fields, info.fragments))
}

function has(set: SelectionSetNode | undefined, path: readonly string[], fragments: Fragments): boolean {
  const [name, ...rest] = path
  return someField(set, fragments, field => {
    if (field.name.value !== name) return false
    return rest.length === 0 || has(field.selectionSet, rest, fragments)
  })
}

function hasBeyond(
  set: SelectionSetNode | undefined,
  [name, ...rest]: readonly string[],
  fields: ReadonlySet<string>,
  fragments: Fragments,
): boolean {
  return someField(set, fragments, field => {
    if (name === undefined) return !fields.has(field.name.value)
    return field.name.value === name && hasBeyond(field.selectionSet, rest, fields, fragments)
  })
}

/** Whether it holds of a field of the selection, in fragments as well. */
function someField(
  set: SelectionSetNode | undefined,
  fragments: Fragments,
  holds: (field: FieldNode) => boolean,
): boolean {
  if (set === undefined) return false
  return set.selections.some(selection => {
    if (selection.kind === Kind.FIELD) return holds(selection)
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value]
    return someField(inner?.selectionSet, fragments, holds)
  })
}
