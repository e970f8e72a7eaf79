import { type DocumentNode, NoSchemaIntrospectionCustomRule, validate } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/**
 * Gives what is wrong with a document our own code. Where the schema is not for everybody to read, errors do not spell
 * it out either: no introspection, and no "Did you mean". A document that comes again was validated: Yoga finds that out
 * by the names of all rules, each time.
 */
export function useValidation({ isIntrospectable }: { isIntrospectable: boolean }): Plugin {
  const validated = new WeakMap<DocumentNode, readonly Error[]>()
  return {
    onValidate({ params: { documentAST }, setResult, addValidationRule, setValidationFn }) {
      const known = validated.get(documentAST)
      if (known !== undefined) {
        setResult(known)
        return
      }
      if (!isIntrospectable) {
        addValidationRule(NoSchemaIntrospectionCustomRule)
        setValidationFn((schema, document, rules, options) =>
          validate(schema, document, rules, { ...options, hideSuggestions: true }),
        )
      }
      return ({ result }) => {
        for (const error of result) error.extensions.code = 'BAD_USER_INPUT'
        validated.set(documentAST, result)
      }
    },
    onExecute({ args }) {
      if (!isIntrospectable) Object.assign(args, { hideSuggestions: true })
    },
  }
}
