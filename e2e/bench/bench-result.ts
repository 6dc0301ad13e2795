/** What a benchmark found, as it is shown and as it is kept. */
import type { Verdict } from './aims.ts'

/** One line of the table: each value under its column. */
export type BenchRow = Readonly<Record<string, string | number>>

export interface BenchResult {
  rows: readonly BenchRow[]
  verdicts: readonly Verdict[]
  /** What a reader of the figures must know. */
  notes: readonly string[]
}

/** A running benchmark tells what it does at the moment. */
export type ReportProgress = (line: string) => void

/** Figures in columns, numbers to the right. Rows may have different columns. */
export function formatTable(rows: readonly BenchRow[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cells = rows.map((row) => columns.map((column) => formatCell(row[column])))
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((line) => line[index]?.length ?? 0)),
  )
  const isNumber = columns.map((column) => rows.some((row) => typeof row[column] === 'number'))
  const formatLine = (line: readonly string[]): string =>
    line
      .map((cell, index) => {
        const width = widths[index] ?? 0
        return isNumber[index] === true ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return [columns, ...cells].map(formatLine).join('\n')
}

function formatCell(value: string | number | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  if (Number.isInteger(value) || Math.abs(value) >= 1_000) return Math.round(value).toString()
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)
}
