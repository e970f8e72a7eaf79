import { NoSchemaIntrospectionCustomRule, validate } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/**
 * Gives what is wrong with a document our own code. Where the schema is not for everybody to read, errors do not spell
 * it out either: no introspection, and no "Did you mean".
 */
export function useValidation({ isIntrospectable }: { isIntrospectable: boolean }): Plugin {
  return {
    onValidate({ addValidationRule, setValidationFn }) {
      if (!isIntrospectable) {
        addValidationRule(NoSchemaIntrospectionCustomRule)
        setValidationFn((schema, document, rules, options) =>
          validate(schema, document, rules, { ...options, hideSuggestions: true }),
        )
      }
      return ({ result }) => {
        for (const error of result) error.extensions.code = 'BAD_USER_INPUT'
      }
    },
    onExecute({ args }) {
      if (!isIntrospectable) Object.assign(args, { hideSuggestions: true })
    },
  }
}
