import { createService } from '../../examples/resource-server/service.ts'
import { createVerifier, type VerifierOptions } from '../../examples/resource-server/verify.ts'
import type { Client } from '../kit/client.ts'
import { uuidOf } from '../kit/journal.ts'
import { listen } from '../kit/listening.ts'
import type { World } from '../kit/world.ts'

type Organization = { readonly id: string }

/** The example service on a port of its own, for tokens of this gateway. */
export async function serveNotes({ origin }: Pick<World, 'origin'>, options: Partial<VerifierOptions> = {}) {
  const failures: unknown[] = []
  const verify = createVerifier({ gateway: origin, ...options })
  const origins = ['https://app.test']
  const service = await listen(createService({ verify, origins, onError: error => failures.push(error) }))
  const call = async (token: string | null, { id }: Organization, name = 'caller', init: RequestInit = {}) => {
    const headers = { ...(token !== null && { authorization: `Bearer ${token}` }), ...init.headers }
    const response = await fetch(`${service.url}/organizations/${uuidOf(id)}/${name}`, { ...init, headers })
    const text = await response.text()
    const body = text === '' ? null : JSON.parse(text)
    return { status: response.status, challenge: response.headers.get('www-authenticate'), body }
  }
  return { ...service, call, failures }
}

/** The permissions that the service asks for. */
export async function createNotePermissions(operator: Client): Promise<string[]> {
  const ids: string[] = []
  for (const key of ['note:read', 'note:write']) {
    const made = await operator.mutate(
      'createPermission',
      { key, description: `May ${key}.` },
      '... on CreatePermissionPayload { permission { id } }',
    )
    ids.push(made.permission.id)
  }
  return ids
}
