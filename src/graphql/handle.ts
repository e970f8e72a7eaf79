import { IncomingMessage, type ServerResponse } from 'node:http'

/** How long a refused client has to read the answer. */
const LINGER_MILLISECONDS = 500

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/**
 * Holds request bodies to a size before anything reads them: by their announced length, and by counting what arrives.
 * Above it the answer is 413, and the connection ends.
 */
export function withBodyLimit(handler: Handler, maxBytes: number): Handler {
  return (request, response) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      refuse(request, response, maxBytes)
      return
    }
    let received = 0
    // Node pushes what arrives into the stream by this method: counting here neither copies nor starts the flow.
    request.push = function push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
      received += chunk?.length ?? 0
      if (received <= maxBytes) return IncomingMessage.prototype.push.call(this, chunk, encoding)
      if (response.headersSent) return false
      refuse(request, response, maxBytes)
      return true
    }
    handler(request, response)
  }
}

/**
 * Answers, and ends the connection a moment later: to close it on data that nobody has read resets it, and what the client
 * had not read yet of the answer is lost (RFC 9112, section 9.6). Until then what comes is thrown away.
 */
function refuse(request: IncomingMessage, response: ServerResponse, maxBytes: number): void {
  const error = {
    message: `The request body is larger than ${maxBytes} bytes.`,
    extensions: { code: 'LIMIT_EXCEEDED' },
  }
  const body = JSON.stringify({ errors: [error] })
  response.writeHead(413, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  })
  response.write(body)
  const patience = setTimeout(() => request.destroy(), LINGER_MILLISECONDS)
  request.socket.once('close', () => clearTimeout(patience))
  request.push = chunk => {
    if (chunk === null) response.end()
    return true
  }
}
