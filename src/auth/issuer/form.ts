import type { IncomingMessage } from 'node:http'

/** More than any form of ours. */
const MAX_BYTES = 16_384

/** The fields of a form that was sent; none for a body that is no form, or too large. */
export async function readForm(request: IncomingMessage, most = MAX_BYTES): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= most) chunks.push(chunk)
  }
  const isForm = /^application\/x-www-form-urlencoded(;|$)/i.test(request.headers['content-type'] ?? '')
  return new URLSearchParams(isForm && size <= most ? Buffer.concat(chunks).toString('utf8') : '')
}
