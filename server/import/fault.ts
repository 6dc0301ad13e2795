/**
 * One thing in an export that could not be understood: a file or a message. Faults are collected,
 * never thrown, so that a person reads all of them at once and then chooses.
 */

export interface Fault {
  /** The file's name inside the archive. */
  file: string
  problem: string
  /** Where in the file's text, counted from 1, when that is known. */
  line?: number
  column?: number
}

/** One fault as a line of text: `channel/2024-01-02.json:3:7: what is wrong`. */
export function formatFault({ file, problem, line, column }: Fault): string {
  const place = [file, line, column].filter((part) => part !== undefined)
  return `${place.join(':')}: ${problem}`
}
