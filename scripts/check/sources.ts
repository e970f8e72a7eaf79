import { glob, readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { root } from './step.ts'

export interface Import {
  /** A path from the project's root, or the name of a package. */
  readonly to: string
  /** Erased before the program runs. */
  readonly isType: boolean
}
export interface Source {
  /** From the project's root, with slashes. */
  readonly path: string
  readonly lines: readonly string[]
  readonly imports: readonly Import[]
}

/** The TypeScript files under these folders, in order; what tools generated is not ours to judge. */
export async function readSources(folders: readonly string[]): Promise<Source[]> {
  const sources: Source[] = []
  for await (const found of glob(
    folders.map(folder => `${folder}/**/*.ts`),
    { cwd: root },
  )) {
    const path = found.replaceAll('\\', '/')
    if (path.includes('/generated/')) continue
    const text = await readFile(posix.join(root, path), 'utf8')
    sources.push({ path, lines: text.split('\n'), imports: importsOf(path, text) })
  }
  return sources.sort((a, b) => (a.path < b.path ? -1 : 1))
}

// Sources are formatted: a statement starts its line, and quotes are single.
const statements = /^(?:import|export) (type )?(?:[\w*{},\s$]+ from )?'([^']+)'/gm
const calls = /(typeof )?\bimport\('([^']+)'\)/g

function importsOf(path: string, text: string): Import[] {
  const found = [...text.matchAll(statements), ...text.matchAll(calls)]
  return found.map(([, type, to = '']) => ({
    to: to.startsWith('.') ? posix.join(posix.dirname(path), to) : to,
    isType: type !== undefined,
  }))
}
