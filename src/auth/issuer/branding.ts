import type { Services } from '../../context.ts'
import { statement } from '../../db/statement.ts'

/** How an organization presents itself to whoever signs in for it. */
export interface Branding {
  readonly name: string
  readonly logoUrl: string | null
  readonly color: string | null
}
interface Row {
  name: string
  logo_url: string | null
  primary_color: string | null
}

const brandingByName = statement('sign_in_branding', 'select * from tenantry_sign_in_branding($1)')

/** Null where there is no such organization: the page is the plain one then, and says nothing of it. */
export async function findBranding(
  { pool }: Pick<Services, 'pool'>,
  idOrSlug: string | null,
): Promise<Branding | null> {
  if (idOrSlug === null) return null
  const { rows } = await pool.query<Row>(brandingByName.text, [idOrSlug])
  return brandingOf(rows[0])
}

function brandingOf(row: Row | undefined): Branding | null {
  if (row === undefined) return null
  const { name, logo_url: logo, primary_color: color } = row
  return {
    name,
    logoUrl: logo?.startsWith('https://') === true ? logo : null,
    color: color !== null && /^#[0-9a-f]{6}$/.test(color) ? color : null,
  }
}
