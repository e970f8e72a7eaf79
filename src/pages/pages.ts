import type { Config } from '../config.ts'
import type { Mailbox } from '../mail/mailbox.ts'
import { invitationPage } from './invitation-page.ts'
import { mailboxPage } from './mailbox-page.ts'
import type { Page } from './page.ts'
import { signInPage } from './sign-in-page.ts'

/** The page of this path, of those that this deployment has; null where there is none. */
export async function pageAt(path: string, config: Config, mailbox: Mailbox | null): Promise<Page | null> {
  const signsIn = config.isDevelopment && config.issuer !== null
  if (path === '/invitation' && config.invitationUrl === null) return invitationPage({ signsIn })
  if (path === '/sign-in' && signsIn) return signInPage
  return mailbox === null ? null : mailboxPage(mailbox, path)
}
