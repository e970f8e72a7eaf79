import { UserError } from '../errors.ts'

/** The provider cannot be used with these settings: it was asked, and the message says what came of it (SSO-1). */
export class SsoConfigurationError extends UserError {}
