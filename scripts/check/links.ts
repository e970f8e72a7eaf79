import { glob, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { root } from './step.ts'

/** The relative links of the README and the documentation that lead nowhere. */
export async function brokenLinks(): Promise<string[]> {
  const broken: string[] = []
  for await (const path of glob(['README.md', 'docs/**/*.md'], { cwd: root })) {
    const text = await readFile(join(root, path), 'utf8')
    for (const link of relativeLinks(text)) {
      const target = join(root, link.startsWith('/') ? '' : dirname(path), link)
      const isOurs = !relative(root, target).startsWith('..')
      if (!isOurs || !(await exists(target))) broken.push(`${path} links ${link}, which is not there`)
    }
  }
  return broken.sort()
}

function relativeLinks(text: string): string[] {
  const prose = text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '').replaceAll(/`[^`\n]*`/g, '')
  const found = [
    ...prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g),
    ...prose.matchAll(/^\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/gm),
    ...prose.matchAll(/\b(?:src|href)="([^"]+)"/g),
  ]
  return found
    .map(([, link = '']) => decodeURI(link.replace(/[?#].*$/, '')))
    .filter(link => link !== '' && !/^[a-z][a-z+.-]*:|^\/\//i.test(link))
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
