import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One thing that must hold. What is wrong, a line each; nothing when all is well. */
export interface Step {
  readonly name: string
  readonly find: () => Promise<readonly string[]>
}

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Runs a program of the project's dependencies, or `node` itself; when it fails, what it printed is what is wrong. */
export async function complaintsOf(program: string, ...args: string[]): Promise<string[]> {
  const tools = [join(root, 'node_modules', '.bin'), dirname(process.execPath), process.env.PATH]
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: root,
    env: { ...process.env, PATH: tools.join(process.platform === 'win32' ? ';' : ':'), NO_COLOR: '1' },
    shell: process.platform === 'win32' && program !== 'node',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', text => (printed += text))
  child.stderr.setEncoding('utf8').on('data', text => (printed += text))
  child.on('error', reject)
  child.on('close', resolve)
  const code = await promise
  if (code === 0) return []
  const lines = printed.split('\n').filter(line => line.trim() !== '')
  return lines.length > 0 ? lines : [`${program} ended with exit code ${code}`]
}
