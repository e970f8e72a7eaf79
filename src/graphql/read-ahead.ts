import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  getArgumentValues,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import type { Context } from '../context.ts'

/** Starts to read what a field will ask for, of a parent of which nothing is known but its id. */
type Read = (parent: { id: string }, args: never, context: Context, info: GraphQLResolveInfo) => unknown

/** What was begun ahead for a field: of which parent, and its answer. */
export type BegunAhead = Map<FieldNode, { readonly id: string; readonly answer: Promise<unknown> }>

/** For a field's options: what it reads can be begun before its parent is there, and is what it answers then. */
export const ahead = <Parent extends { id: string }, Args, Answer>(
  read: (parent: { id: string }, args: Args, context: Context, info: GraphQLResolveInfo) => Promise<Answer>,
) => ({
  extensions: { ahead: read },
  resolve: (parent: Parent, args: Args, context: Context, info: GraphQLResolveInfo): Promise<Answer> => {
    const [node, ...others] = info.fieldNodes
    const begun = node === undefined || others.length > 0 ? undefined : context.begunAhead.get(node)
    return begun?.id === parent.id ? (begun.answer as Promise<Answer>) : read(parent, args, context, info)
  },
})

/**
 * Begins the reads of the fields below this one while the object itself is still looked for: they go in one message with
 * it. The id is a guess. What is read of a wrong one nobody asks for, and what is read of one that the viewer may not see
 * row-level security leaves empty, and no field hands out: each asks its own permission, as ever.
 */
export function readAhead(info: GraphQLResolveInfo, id: string, context: Context): void {
  const type = getNamedType(info.returnType)
  if (!isObjectType(type)) return
  for (const node of info.fieldNodes.flatMap(({ selectionSet }) => fieldsOf(selectionSet, info.fragments))) {
    const field = type.getFields()[node.name.value]
    const read = field?.extensions.ahead as Read | undefined
    if (field === undefined || read === undefined) continue
    const begin = async () =>
      read({ id }, getArgumentValues(field, node, info.variableValues) as never, context, {
        ...info,
        fieldNodes: [node],
      })
    const answer = begin()
    // Whatever goes wrong, the field itself will say.
    answer.catch(() => {})
    context.begunAhead.set(node, { id, answer })
  }
}

/** The fields of a selection that are asked for in any case. */
function fieldsOf(
  set: SelectionSetNode | undefined,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): readonly FieldNode[] {
  const certain = set?.selections.filter(selection => (selection.directives ?? []).length === 0) ?? []
  return certain.flatMap(selection => {
    if (selection.kind === Kind.FIELD) return [selection]
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value]
    return fieldsOf(inner?.selectionSet, fragments)
  })
}
