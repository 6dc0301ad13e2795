/** What an import did, for people and for programs. */
import { formatFault, type Fault } from './fault.ts'

export interface ImportReport {
  workspace: string
  /** False when faults stopped the import before anything was written. */
  isWritten: boolean
  found: { people: number; channels: number; dms: number; messages: number; reactions: number }
  added: { people: number; channels: number; dms: number; messages: number; reactions: number }
  faults: Fault[]
  /** What was left out on purpose or changed in form: reason -> how often. */
  notes: Record<string, number>
}

const MAX_FAULTS_SHOWN = 100

export function formatReport(report: ImportReport): string {
  const { found, added, faults, notes } = report
  const counts = Object.entries(found).map(([what, count]) => {
    const news = report.isWritten ? added[what as keyof typeof added] : 0 // both have the same keys
    return `  ${what.padEnd(10)} ${String(count).padStart(8)} found ${String(news).padStart(8)} added`
  })
  const shown = faults.slice(0, MAX_FAULTS_SHOWN).map((fault) => `  ${formatFault(fault)}`)
  const more = faults.length - shown.length
  return [
    report.isWritten ? 'Imported.' : 'Nothing was imported, because of the faults below.',
    ...counts,
    ...Object.entries(notes).map(([reason, count]) => `  note: ${count} ${reason}`),
    ...(faults.length > 0 ? [`${faults.length} faults:`, ...shown] : []),
    ...(more > 0 ? [`  and ${more} more; --json lists all`] : []),
    ...(!report.isWritten
      ? ['--on-error skip leaves out what is faulty and imports the rest.']
      : []),
  ].join('\n')
}
