import type {
  FieldMap,
  InputFieldBuilder,
  InputFieldMap,
  InputObjectRef,
  InputShapeFromFields,
  ObjectFieldBuilder,
  ObjectRef,
} from '@pothos/core'
import type { z } from 'zod'
import { recordRefusal } from '../audit/refusal.ts'
import type { Verdict } from '../auth/policy.ts'
import { notFound, withinToken } from '../auth/policy.ts'
import type { Context, Services } from '../context.ts'
import { type Tx, transaction } from '../db/transaction.ts'
import { IdempotencyKeyReusedError, InvalidInputError, RequestError, UserError } from '../errors.ts'
import { type Memory, once } from '../idempotency/once.ts'
import { deploymentId } from '../ids.ts'
import type { Ask } from '../load.ts'
import { lockOrganization } from '../organizations/lock.ts'
import type { Json } from '../organizations/organization.entity.ts'
import { builder, type Types } from './builder.ts'
import { check, type Keyed, keyField, read } from './mutation-input.ts'

type Refusal = new (...args: never[]) => UserError

/** What a mutation acts on. Its organization is the only one that the transaction can write to. */
interface Target {
  readonly organizationId: string
}

/**
 * Who may run a mutation, declared once: how the input leads to what it acts on, and the rule over it. It is asked as
 * the field's scope before the resolver runs, and again inside the transaction, under the organization's lock.
 */
export interface Guard<Input, Found extends Target> {
  /** What the target is called in the answer when it is not there, or not the viewer's to know of. */
  readonly noun: string
  readonly find: (ask: Ask, input: Input) => Promise<Found | null> | Found | null
  readonly rule: (ask: Ask, target: Found, input: Input) => Promise<Verdict> | Verdict
}

interface Declaration<Fields extends InputFieldMap> {
  readonly description: string
  readonly input: (t: InputFieldBuilder<Types, 'InputObject'>) => Fields
}

interface Doing<Fields extends InputFieldMap, Found extends Target, Outcome extends object, Learned = undefined> {
  /** Checks and normalizes the fields it names; what it refuses is an InvalidInputError. */
  readonly valid?: z.ZodType<Partial<InputShapeFromFields<Fields>>>
  readonly guard: Guard<InputShapeFromFields<Fields>, Found>
  readonly errors: readonly Refusal[]
  /**
   * Lets a client send an `idempotencyKey`, under which a repeated call gets the first answer: `ids` where the outcome
   * consists of ids, which are kept as they are.
   */
  readonly idempotent?: 'ids' | Memory<Outcome>
  /** What it costs beyond one, and how often what is selected below counts. */
  readonly complexity?: (input: InputShapeFromFields<Fields>) => { field: number; multiplier: number }
  /**
   * What is asked of others, outside of the transaction, before it: it may take its time. What `find` leads to may have
   * changed by the time of `run`, which is for `run` to see.
   */
  readonly ahead?: (services: Services, found: Found, input: InputShapeFromFields<Fields>) => Promise<Learned>
  /**
   * The one service call. It returns ids; the payload's fields read them anew after the commit. It throws a UserError to
   * change nothing, and returns one when refusing is itself a change to keep.
   */
  readonly run: (
    tx: Tx,
    input: InputShapeFromFields<Fields>,
    target: Found,
    learned: Learned,
  ) => Promise<Outcome | UserError>
  /** After `run`, from which TypeScript learns what the fields resolve from. */
  readonly payload: (t: ObjectFieldBuilder<Types, Outcome>) => FieldMap
}

/**
 * Declares a mutation: its input, payload and result types, its authorization and its transaction. In two steps, so that
 * TypeScript knows the input before it reads what is done with it.
 */
export function mutation<Fields extends InputFieldMap>(name: string, declaration: Declaration<Fields>) {
  return {
    does: <Found extends Target, Outcome extends object, Learned = undefined>(
      doing: Doing<Fields, Found, Outcome, Learned>,
    ): void => define(name, declaration, doing),
  }
}

function define<Fields extends InputFieldMap, Found extends Target, Outcome extends object, Learned>(
  name: string,
  declaration: Declaration<Fields>,
  options: Doing<Fields, Found, Outcome, Learned>,
): void {
  const typeName = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  type Input = InputShapeFromFields<Fields>
  const inputRef = builder.inputType(`${typeName}Input`, {
    description: `What \`${name}\` needs.`,
    fields: t => ({ ...declaration.input(t), ...(options.idempotent !== undefined && keyField(t)) }),
  })
  const payloadRef = builder.objectRef<Outcome>(`${typeName}Payload`)
  payloadRef.implement({ description: `What \`${name}\` did.`, fields: options.payload })

  builder.mutationField(name, t =>
    t.field({
      // Inside, the shapes are opaque: Pothos cannot follow its own types through a generic function.
      type: payloadRef as unknown as ObjectRef<Types, object, object>,
      description: declaration.description,
      args: {
        input: t.arg({
          type: inputRef as unknown as InputObjectRef<Types, Record<string, unknown>>,
          required: true,
          description: 'The one argument.',
        }),
      },
      errors: {
        // Pothos wants constructors that take anything; they are only compared with instanceof.
        types: errorsOf(options) as unknown as (new (...args: unknown[]) => UserError)[],
        union: { description: `The payload of \`${name}\`, or what stood in its way.` },
      },
      ...(options.complexity !== undefined && {
        complexity: ({ input }: { input: unknown }) => options.complexity?.(input as Input) ?? 1,
      }),
      authScopes: async (_root, args, context, info) => {
        const { verdict, target } = await ask(context, options.guard, read<Input>(args.input, info))
        if (verdict === null) return true
        await context.renew()
        await recordRefusal(context, name, target?.organizationId, verdict)
        throw verdict
      },
      resolve: async (_root, args, context, info) => {
        const input = check(options.valid, read<Input>(args.input, info))
        const ask = options.ahead === undefined ? null : await asking(context, { ...options, name }, input)
        // The reads give their connection back first: two connections a request could starve the pool.
        await context.renew()
        // Without something to ask ahead, `run` expects to have learned nothing.
        const learned = (await ask?.()) as Learned
        const place: Partial<Target> = {}
        const run = (tx: Tx, said: Input, target: Found) => options.run(tx, said, target, learned)
        const act = (tx: Tx) => authorizeAndRun(tx, { ...options, name, run }, input, place)
        const outcome = await transaction(context.services, context, act).catch(async error => {
          await recordRefusal(context, name, place.organizationId, error)
          throw error
        })
        await context.renew()
        if (outcome instanceof UserError) throw outcome
        return outcome
      },
    }),
  )
}

async function ask<Input, Found extends Target>(by: Ask, guard: Guard<Input, Found>, input: Input) {
  const target = await guard.find(by, input)
  if (target === null)
    return { target, verdict: by.actor.kind === 'ANONYMOUS' ? unauthenticated() : notFound(guard.noun) }
  const verdict = withinToken(by, target.organizationId, guard.noun) ?? (await guard.rule(by, target, input))
  // An organization that is not the viewer's must look like a target that does not exist.
  return { target, verdict: verdict?.code === 'NOT_FOUND' ? notFound(guard.noun) : verdict }
}

interface Asking<Input, Found extends Target, Learned> {
  readonly name: string
  readonly guard: Guard<Input, Found>
  readonly ahead?: (services: Services, found: Found, input: Input) => Promise<Learned>
}

/** What is to be asked ahead, about what the input leads to. */
async function asking<Input, Found extends Target, Learned>(
  context: Context,
  { name, guard, ahead }: Asking<Input, Found, Learned>,
  input: Input,
): Promise<() => Promise<Learned | undefined>> {
  const found = await guard.find(context, input)
  if (found === null) throw notFound(guard.noun)
  return async () =>
    ahead?.(context.services, found, input).catch(async error => {
      await recordRefusal(context, name, found.organizationId, error)
      throw error
    })
}

async function authorizeAndRun<Fields extends InputFieldMap, Found extends Target, Outcome extends object>(
  tx: Tx,
  options: Pick<Doing<Fields, Found, Outcome>, 'guard' | 'idempotent'> & {
    readonly name: string
    readonly run: (tx: Tx, input: InputShapeFromFields<Fields>, target: Found) => Promise<Outcome | UserError>
  },
  input: InputShapeFromFields<Fields> & Keyed,
  place: { organizationId?: string },
): Promise<Outcome | UserError> {
  const before = await options.guard.find(tx, input)
  const outside = before === null ? null : withinToken(tx, before.organizationId, options.guard.noun)
  if (before === null || outside !== null) throw outside ?? notFound(options.guard.noun)
  place.organizationId = before.organizationId
  await tx.enter(before.organizationId)
  if (before.organizationId !== deploymentId) await lockOrganization(tx, before.organizationId)
  tx.refresh()
  const { target, verdict } = await ask(tx, options.guard, input)
  if (verdict !== null) throw verdict
  if (target?.organizationId !== before.organizationId) throw notFound(options.guard.noun)
  const { idempotencyKey: key, ...said } = input
  const run = () => options.run(tx, input, target)
  if (key == null || options.idempotent === undefined) return run()
  const call = { organizationId: target.organizationId, mutation: options.name, key, input: said }
  // Outcomes of ids are JSON as they are.
  const asTheyAre = { keep: (outcome: Outcome) => outcome as Json, recall: (kept: Json) => kept as Outcome }
  return once(tx, call, options.idempotent === 'ids' ? asTheyAre : options.idempotent, run)
}

/** What a mutation may be refused with; by its key, too, where it takes one. */
function errorsOf({ errors, idempotent }: { errors: readonly Refusal[]; idempotent?: unknown }): Refusal[] {
  return [...new Set([...errors, ...(idempotent === undefined ? [] : [InvalidInputError, IdempotencyKeyReusedError])])]
}

function unauthenticated(): RequestError {
  return new RequestError('UNAUTHENTICATED', 'Sign in: send a token as "Authorization: Bearer <token>".')
}
