import { IncomingMessage, type ServerResponse } from 'node:http'

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
      if (!response.headersSent) refuse(request, response, maxBytes)
      return false
    }
    handler(request, response)
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, maxBytes: number): void {
  const error = {
    message: `The request body is larger than ${maxBytes} bytes.`,
    extensions: { code: 'LIMIT_EXCEEDED' },
  }
  response.writeHead(413, { 'content-type': 'application/json; charset=utf-8', connection: 'close' })
  response.end(JSON.stringify({ errors: [error] }), () => request.destroy())
}
