import type { CodegenConfig } from '@graphql-codegen/cli'

type Target = CodegenConfig['generates'][string]

/** Types for the documents in a folder, from the committed schema: no server has to run. */
function clientIn(documents: string[], folder: string): Record<string, Target> {
  return {
    [folder]: {
      documents: [...documents, `!${folder}**`],
      preset: 'client',
      presetConfig: { fragmentMasking: false, skipIndexFile: true },
      config: {
        // Text instead of a syntax tree: any `fetch` can send it, and no GraphQL library is needed to run it.
        documentMode: 'string',
        // Types alone: Node runs the result by stripping them.
        enumType: 'string-literal',
        useTypeImports: true,
        importExtension: '.ts',
        strictScalars: true,
        arrayInputCoercion: false,
        scalars: { ID: 'string', DateTime: 'string', JSONObject: 'Record<string, unknown>' },
      },
    },
  }
}

export default {
  schema: 'schema.graphql',
  generates: {
    ...clientIn(['examples/**/*.ts'], 'examples/client/generated/'),
    ...clientIn(['test/**/*.ts'], 'test/generated/'),
  },
} satisfies CodegenConfig
