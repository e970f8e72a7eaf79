import type { Locator, Page } from 'playwright-core'

/** What a request of GraphiQL to the gateway came to. */
export interface Answer {
  status: number
  authorization: string | undefined
  body: { data?: Record<string, unknown> | null; errors?: unknown[] }
}

/** GraphiQL, once it knows the schema. */
export async function openGraphiql(page: Page, url: string) {
  const introspection = nextAnswer(page)
  await page.goto(`${url}/graphql`)
  return { ...graphiqlOn(page), introspection: await introspection }
}

function graphiqlOn(page: Page) {
  const tab = (name: string) => page.getByRole('tab').getByRole('button', { name, exact: true })
  return {
    tabs: () => page.locator('[role=tab] .graphiql-tab-button').allTextContents(),
    /** The texts of the editors that are open: operation, and headers or variables. */
    editors: () => page.locator('.graphiql-editors .view-lines').allInnerTexts(),
    async open(name: string): Promise<void> {
      await tab(name).click()
      // GraphiQL shows the text at once, but runs the operation of the tab before until it has understood the new one.
      const operation = new RegExp(`^(query|mutation) ${name}\\b`, 'm')
      await page.waitForURL(url => operation.test(url.searchParams.get('query') ?? ''))
    },
    /** Pastes these over the headers of the open tab. */
    async pasteHeaders(text: string): Promise<void> {
      await page.getByRole('button', { name: 'Headers' }).click()
      const editor = page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden)')
      await editor.click()
      await page.keyboard.press('ControlOrMeta+A')
      // As a person does: whatever is typed, the editor completes.
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await page.evaluate(copied => navigator.clipboard.writeText(copied), text)
      await page.keyboard.press('ControlOrMeta+V')
    },
    async run(): Promise<Answer> {
      const answer = nextAnswer(page)
      await page.getByRole('button', { name: /^Execute/ }).click()
      return answer
    },
    /** The panel beside the editors that documents the schema. */
    async docs(): Promise<Locator> {
      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
      return page.locator('.graphiql-doc-explorer')
    },
  }
}

async function nextAnswer(page: Page): Promise<Answer> {
  const response = await page.waitForResponse(one => one.request().method() === 'POST')
  const { authorization } = await response.request().allHeaders()
  return { status: response.status(), authorization, body: await response.json() }
}
