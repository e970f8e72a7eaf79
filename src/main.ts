import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type Config, readConfig } from './config.ts'
import type { EmbeddedDatabase } from './db/embedded.ts'
import { StartError } from './errors.ts'
import { createLineWriter } from './log.ts'

type App = Awaited<ReturnType<typeof import('./app.ts').createApp>>

/** What is there to be stopped, as far as the start has come. */
const running: { server?: Server; database?: Promise<EmbeddedDatabase>; app?: App; stoppingSince?: number } = {}

const log = createLineWriter(text => process.stdout.write(text))
process.once('exit', log.flush)
process.on('SIGINT', onSignal)
process.on('SIGTERM', onSignal)
start().catch(fail)

async function start(): Promise<void> {
  const server = createServer(answer)
  running.server = server
  const config = await listen(server, readConfig())
  // The address is ours before the slow part begins: a port that is taken is told at once.
  const [databaseUrl, { createApp }] = await Promise.all([findDatabase(config), import('./app.ts')])
  if (isStopping()) return
  const app = await createApp(config, { databaseUrl, say, write: log.add })
  running.app = app
  if (isStopping()) return
  for (const line of await app.welcome()) say(line)
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (running.app !== undefined) {
    running.app.handle(request, response)
    return
  }
  response.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain; charset=utf-8' })
  response.end('Tenantry is starting\n')
}

/** Returns the configuration with the port that was chosen if any would do. */
async function listen(server: Server, config: Config): Promise<Config> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', error => reject(listenProblem(error, config)))
  server.listen({ port: config.port, host: config.host }, resolve)
  await promise
  const address = server.address()
  if (config.port !== 0 || address === null || typeof address === 'string') return config
  return readConfig({ ...process.env, PORT: String(address.port) })
}

function listenProblem(error: Error, { port, host }: Config): Error {
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return new StartError(`Port ${port} is taken on ${host}: set PORT to a free one`)
  if (code === 'EACCES') return new StartError(`Port ${port} is not allowed to this user: set PORT to 1024 or more`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new StartError(`HOST ${host} is not an address of this machine`)
  }
  return error
}

async function findDatabase(config: Config): Promise<string> {
  if (config.databaseUrl !== undefined) {
    const { reachDatabase } = await import('./db/reach.ts')
    await reachDatabase(config.databaseUrl)
    return config.databaseUrl
  }
  const { startEmbedded } = await import('./db/embedded.ts')
  if (isStopping()) throw new StartError('Stopped while starting')
  running.database = startEmbedded({ dataDir: config.dataDir, say, onLoss: onDatabaseLoss })
  return (await running.database).url
}

/** Without its database the process serves nobody: whoever supervises it starts it again, and the start recovers. */
function onDatabaseLoss(line: string): void {
  if (isStopping()) return
  void fail(new StartError(line))
}

function onSignal(): void {
  if (running.stoppingSince === undefined) {
    running.stoppingSince = performance.now()
    stop().then(
      () => process.exit(0),
      error => {
        console.error(error)
        process.exit(1)
      },
    )
    return
  }
  // npm passes on the Ctrl-C that the terminal has already sent to us: twice at once is one.
  // Leaving like this still stops PostgreSQL: its watchdog notices that we are gone.
  if (performance.now() - running.stoppingSince > 1000) process.exit(1)
}

async function stop(): Promise<void> {
  say('Stopping…')
  try {
    await drain(running.server)
    await running.app?.close()
  } finally {
    const database = await running.database?.catch(() => undefined)
    await database?.stop()
  }
}

/** Takes no new connections, lets the running requests end, and cuts off what is left after ten seconds. */
async function drain(server: Server | undefined): Promise<void> {
  if (server === undefined || !server.listening) return
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  // A kept-alive connection becomes idle only when its request ends, and would wait for another one.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const patience = new AbortController()
  const late = delay(10_000, undefined, { signal: patience.signal }).then(
    () => server.closeAllConnections(),
    () => undefined,
  )
  await Promise.race([closed, late])
  patience.abort()
  clearInterval(sweep)
}

async function fail(error: unknown): Promise<void> {
  // The stop pulls away what the start stands on; its complaints are no news.
  if (isStopping()) return
  running.stoppingSince = performance.now()
  console.error(error instanceof StartError ? error.message : error)
  const database = await running.database?.catch(() => undefined)
  await database?.stop().catch(() => undefined)
  process.exit(1)
}

function isStopping(): boolean {
  return running.stoppingSince !== undefined
}

function say(line: string): void {
  console.log(line)
}
