import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
]

/** The Chromium of this machine, without a window, and without anything it does of its own accord. */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: await findChromium(), args: [...quiet, ...more] })
}

/** A page of a browser that was never here before, and every address it asked for. */
export async function openPage(
  browser: Browser,
): Promise<{ page: Page; context: BrowserContext; requested: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
  const requested: string[] = []
  context.on('request', request => requested.push(request.url()))
  const page = await context.newPage()
  page.on('websocket', socket => requested.push(socket.url()))
  return { page, context, requested }
}

/** Takes a picture for whoever wants to see it: when SCREENSHOTS names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder !== undefined && folder !== '') await page.screenshot({ path: join(folder, `${name}.png`) })
}

async function findChromium(): Promise<string> {
  const { CHROMIUM, PATH = '' } = process.env
  const candidates = CHROMIUM
    ? [CHROMIUM]
    : PATH.split(delimiter).flatMap(folder => [join(folder, 'chromium'), join(folder, 'chromium-browser')])
  for (const path of candidates) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  throw new Error(
    CHROMIUM
      ? `CHROMIUM names no program: ${CHROMIUM}`
      : 'These tests need Chromium: install it (on Debian: apt-get install chromium), or name it with CHROMIUM.',
  )
}
