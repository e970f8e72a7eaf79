import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { App } from '../../src/app.ts'

/** A server on loopback whose address is known before there is an app to serve; it keeps no process alive. */
export async function listeningServer(name = '127.0.0.1'): Promise<{
  origin: string
  serve(app: App): void
  close(): Promise<void>
}> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  server.unref()
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    origin: `http://${name}:${address.port}`,
    serve: app => void server.on('request', (request, response) => app.handle(request, response)),
    close: () => closeAtOnce(server),
  }
}

/** A server on a port of its own. */
export async function listen(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, close: () => closeAtOnce(server) }
}

async function closeAtOnce(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}
