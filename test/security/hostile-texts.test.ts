import { expect, test } from 'vitest'
import type { Client } from '../kit/client.ts'
import { world } from '../kit/world.ts'
import { ask } from './isolation/ask.ts'
import { openParties } from './isolation/callers.ts'
import { freshValuesOf } from './isolation/own-values.ts'
import { isCursor, type Slot, slots } from './isolation/slots.ts'

/** Texts that programs trip over: in SQL, in JSON, in UTF-8, in templates, in files, on a screen. */
const hostile: Readonly<Record<string, string>> = {
  'a null character': 'a\u0000b',
  'half a surrogate pair': 'a\ud800b',
  'the other half': '\udc00',
  'a quote that ends the string': "'; drop table organization; --",
  'a condition that is always true': "' or '1'='1",
  'a dollar quote': '$$; select 1; $$',
  'a placeholder': '$1 $2 ?',
  'wildcards and escapes': '%_\\%\\_\\\\',
  'a regular expression that does not end': '(a+)+$'.repeat(20),
  'a prototype': '__proto__',
  'a constructor': 'constructor',
  'a template': '{{7*7}} <%= 7*7 %>',
  'a path': '../../etc/passwd\u0000.png',
  'right-to-left text': '\u202egnp.exe',
  'a line end': 'a\r\nSet-Cookie: b=c',
  'a script': '<script>alert(1)</script>',
  'nothing but space': ' \t\u00a0\u2003 ',
  'a zero-width joiner': 'a\u200db',
  'a noncharacter': '\uffff\ufffe',
  'a combining flood': `a${'\u0301'.repeat(500)}`,
  'a very long text': 'x'.repeat(200_000),
  'a number': '1e400',
  'a date that is none': '99999-99-99 99:99:99+00',
}

// It grows with every text that can be sent.
test('no text, wherever a text can be sent, is more than refused', { timeout: 600_000 }, async () => {
  const parties = await openParties(
    await world({ isolated: true, env: { CUSTOM_ROLE_LIMIT: '1000', SSO_CONNECTOR_LIMIT: '1000' } }),
  )
  const values = freshValuesOf(parties)
  const wrong: string[] = []
  for (const slot of slots().filter(one => one.scalar === 'String' || one.scalar === 'ID'))
    for (const [name, value] of Object.entries(hostile)) {
      // Ids and cursors have a form, which little of this can have: their own tests go further.
      if ((slot.scalar === 'ID' || isCursor(slot)) && !/null|half|prototype|long/.test(name)) continue
      const caller = furthest(slot, parties.own.owner, parties.world.operator)
      const { answer } = await ask(caller, slot, { value, side: parties.own, values, depth: 0 })
      const codes = answer.errors.map(error => error.extensions.code)
      if (codes.some(code => !['BAD_USER_INPUT', 'NOT_FOUND', 'FORBIDDEN'].includes(code)))
        wrong.push(`${slot.key}: ${name}: ${answer.errors[0]?.message.slice(0, 100)}`)
    }
  expect(wrong).toEqual([])
})

/** Who gets furthest: the owner in the organization, the operator with what belongs to the deployment. */
function furthest({ type, key }: Slot, owner: Client, operator: Client): Client {
  const isOfDeployment = /^Query\.(users|machineApplications|organizations|auditEvents)/.test(key)
  return type.name === 'Mutation' || isOfDeployment ? operator : owner
}
