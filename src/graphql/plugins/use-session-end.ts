import type { Plugin } from 'graphql-yoga'
import type { Context } from '../../context.ts'

/** Gives the request's database connection back as soon as the operation is executed. */
export function useSessionEnd(): Plugin<Context> {
  return {
    onExecute({ args }) {
      return {
        async onExecuteDone() {
          await args.contextValue.close()
        },
      }
    },
  }
}
