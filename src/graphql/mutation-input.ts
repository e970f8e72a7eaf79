import type { InputFieldBuilder } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { z } from 'zod'
import { InvalidInputError } from '../errors.ts'
import { idempotencyKey } from '../idempotency/once.ts'
import type { Types } from './builder.ts'
import { readIds } from './ids.ts'

/** What an input has besides its own fields where its mutation takes a key. */
export interface Keyed {
  readonly idempotencyKey?: string | null | undefined
}

export const keyField = (t: InputFieldBuilder<Types, 'InputObject'>) => ({
  idempotencyKey: t.string({
    description:
      "1 to 128 visible ASCII characters, of the caller's own making: the same call with the same key within 24 hours gets the first answer, and nothing is done again.",
  }),
})

/** The input with its ids read; the same object is read once for the scope and once for the resolver. */
export function read<Input>(input: object, info: GraphQLResolveInfo): Input {
  const field = info.parentType.getFields()[info.fieldName]
  const type = field?.args.find(arg => arg.name === 'input')?.type
  if (type === undefined) throw new Error(`${info.fieldName} has no input`)
  return readIds(type, input, ['input']) as Input
}

/** @throws InvalidInputError with all that is wrong with the fields and the key */
export function check<Input extends object>(
  valid: z.ZodType<Partial<Input>> | undefined,
  input: Input & Keyed,
): Input & Keyed {
  const key = keyed.safeParse(input)
  const parsed = valid?.safeParse(input)
  const issues = [...(key.error?.issues ?? []), ...(parsed?.error?.issues ?? [])]
  if (issues.length > 0)
    throw new InvalidInputError(
      issues.map(issue => ({ path: ['input', ...issue.path.map(String)], message: issue.message })),
    )
  return { ...input, ...parsed?.data }
}

const keyed = z.object({ idempotencyKey: idempotencyKey.nullish() })
