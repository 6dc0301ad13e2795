/** Runs every check of the store. A new kind of data gets a check of its own in this list. */
import { checkDatabase } from './checks/check-database.ts'
import { checkDocuments } from './checks/check-documents.ts'
import { checkFiles } from './checks/check-files.ts'
import { checkTables } from './checks/check-tables.ts'
import type { Finding, StoreCheck, StoreCheckDeps } from './store-check.ts'

const storeChecks: readonly StoreCheck[] = [checkDatabase, checkDocuments, checkTables, checkFiles]

/** All that the checks find, in their order; none means that the store agrees with itself. */
export async function checkStore(deps: StoreCheckDeps): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { name, run } of storeChecks) {
    try {
      findings.push(...(await run(deps)))
    } catch (error) {
      // A check that cannot even be made says so; the others still tell what they find.
      const problem = error instanceof Error ? error.message : String(error)
      findings.push({ check: name, place: 'the whole check', problem })
    }
  }
  return findings
}

/** For people: the findings, and how many there are besides. */
export function formatFindings(findings: readonly Finding[], maxLines: number): string[] {
  const lines = findings
    .slice(0, maxLines)
    .map(({ check, place, problem }) => `${check}: ${place} ${problem}`)
  const left = findings.length - lines.length
  return left > 0 ? [...lines, `and ${left} more`] : lines
}
