import type { IncomingMessage } from 'node:http'
import { createYoga, type Plugin } from 'graphql-yoga'
import type { Caller } from '../auth/actor.ts'
import { clientAddress } from '../client-address.ts'
import { type Context, createContext, type Services } from '../context.ts'
import type { Log } from '../log.ts'
import type { Explorer } from './explorer.ts'
import { createMaskError } from './mask-error.ts'
import { useCompiled } from './plugins/use-compiled.ts'
import { useConfirmedCaller } from './plugins/use-confirmed-caller.ts'
import { useCors } from './plugins/use-cors.ts'
import { useDocumentLimits } from './plugins/use-document-limits.ts'
import { type Endpoints, useEndpoints } from './plugins/use-endpoints.ts'
import { isRefused, usePageGuard } from './plugins/use-page-guard.ts'
import { useRequestLog } from './plugins/use-request-log.ts'
import { useSessionEnd } from './plugins/use-session-end.ts'
import { useValidation } from './plugins/use-validation.ts'
import { refuse } from './refuse.ts'
import { schema } from './schema.ts'

interface ServerParts {
  readonly services: Services
  readonly log: Log
  readonly authenticate: (authorization: string | null) => Promise<Caller | null>
  readonly endpoints: Endpoints
  /** The GraphiQL page; null where it is off. */
  readonly explorer: Explorer | null
}

/** Where a request came from, when it came over a socket. */
interface NodeContext {
  req?: IncomingMessage
}

/** Yoga, with every default set by hand: its own are for a playground. */
export function createServer({ services, log, authenticate, endpoints, explorer }: ServerParts) {
  const { config } = services
  const guarded = config.isDevelopment ? config.publicUrl : null
  return createYoga<NodeContext, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    context: async ({ request, req }) => {
      const caller = await authenticate(request.headers.get('authorization')).catch(refuse)
      return createContext(services, caller, req === undefined ? null : clientAddress(config, req)).catch(refuse)
    },
    cors: false,
    // Yoga answers with the page before any plugin of ours is asked.
    graphiql: explorer === null ? false : request => !isRefused(guarded, request) && explorer.options(),
    ...(explorer !== null && { renderGraphiQL: explorer.render }),
    landingPage: false,
    batching: false,
    multipart: false,
    parserAndValidationCache: { validationCache: false },
    // handle.ts counts the bytes before Yoga sees them, at a third of the cost.
    maxRequestBodySize: false,
    maskedErrors: { maskError: createMaskError(log) },
    logging: false,
    plugins: [
      useRequestLog(log),
      useCors(config.corsOrigins),
      usePageGuard(guarded),
      useEndpoints(endpoints),
      useDocumentLimits({ tokens: 4000, aliases: 200 }),
      useValidation({ isIntrospectable: config.introspection }),
      useSessionEnd(),
      useCompiled(config.compileQueriesAfter),
      useConfirmedCaller(),
    ] as Plugin<Context>[],
  })
}
