import { createService } from '../../examples/resource-server/service.ts'
import { createVerifier, type VerifierOptions } from '../../examples/resource-server/verify.ts'
import { uuidOf } from '../kit/journal.ts'
import type { World } from '../kit/world.ts'
import { listen } from './demo.ts'

type Organization = { readonly id: string }

/** The example service on a port of its own, for tokens of this gateway. */
export async function serveNotes({ origin }: Pick<World, 'origin'>, options: Partial<VerifierOptions> = {}) {
  const failures: unknown[] = []
  const verify = createVerifier({ gateway: origin, ...options })
  const service = await listen(createService({ verify, onError: error => failures.push(error) }))
  const call = async (token: string | null, { id }: Organization, name = 'caller', init: RequestInit = {}) => {
    const headers = { ...(token !== null && { authorization: `Bearer ${token}` }), ...init.headers }
    const response = await fetch(`${service.url}/organizations/${uuidOf(id)}/${name}`, { ...init, headers })
    const text = await response.text()
    const body = text === '' ? null : JSON.parse(text)
    return { status: response.status, challenge: response.headers.get('www-authenticate'), body }
  }
  return { ...service, call, failures }
}

/** Permissions of the product, and a role of the template that holds them: for people and for machines. */
export async function defineNotes({ operator }: Pick<World, 'operator'>) {
  const permissionIds: string[] = []
  for (const key of ['note:read', 'note:write']) {
    const made = await operator.mutate(
      'createPermission',
      { key, description: `May ${key}.` },
      '... on CreatePermissionPayload { permission { id } }',
    )
    permissionIds.push(made.permission.id)
  }
  for (const [name, kind] of [
    ['Author', 'USER'],
    ['Scribe', 'MACHINE'],
  ] as const)
    await operator.mutate('createTemplateRole', { name, kind, permissionIds })
}
