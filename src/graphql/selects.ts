import { type FragmentDefinitionNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/** Whether the query asks, below this field, for the path of fields: `selects(info, ['nodes', 'roles'])`. Over-answers for @skip. */
export function selects(info: GraphQLResolveInfo, path: readonly string[]): boolean {
  return info.fieldNodes.some(node => node.selectionSet !== undefined && has(node.selectionSet, path, info.fragments))
}

function has(
  set: SelectionSetNode,
  path: readonly string[],
  fragments: Record<string, FragmentDefinitionNode>,
): boolean {
  const [name, ...rest] = path
  return set.selections.some(selection => {
    if (selection.kind === Kind.FIELD) {
      if (selection.name.value !== name) return false
      return rest.length === 0 || (selection.selectionSet !== undefined && has(selection.selectionSet, rest, fragments))
    }
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments[selection.name.value]?.selectionSet
    return inner !== undefined && has(inner, path, fragments)
  })
}
