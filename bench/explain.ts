import type { Database } from './processes.ts'
export async function explainAll(_database: Database): Promise<void> {}
