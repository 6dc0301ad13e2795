/**
 * Builds `docs/database.md` from a migrated store, the comments of its migrations, and words of its
 * own. Pure but for reading that store. Throws with everything that nobody describes.
 */
import type { SqliteConnection } from '../../server/database/open-database.ts'
import { readComments, type SchemaComments } from './read-comments.ts'
import { readSchema, type SchemaColumn, type SchemaTable, type SchemaView } from './read-schema.ts'
import { tableGroups, type TableGroup, type TableWords } from './table-words.ts'
import { workedQueries } from './worked-queries.ts'

interface PageSources {
  sqlite: SqliteConnection
  /** The SQL of the migrations, in order. */
  migrations: readonly string[]
  /** What the page begins with. */
  intro: string
}

/** Answers what stands in a cell; notes what nobody describes. */
type Describe = (place: string, words: string | undefined, comment: string | undefined) => string

export function buildDatabasePage({ sqlite, migrations, intro }: PageSources): string {
  const { tables, views } = readSchema(sqlite)
  const comments = readComments(migrations)
  const faults: string[] = []
  const describe: Describe = (place, words, comment) => {
    const found = [words, comment].filter((each) => each !== undefined && each !== '')
    if (found.length === 0) faults.push(`${place} is described nowhere`)
    return found.join(' ')
  }
  const known = new Set(tableGroups.flatMap((group) => Object.keys(group.tables)))
  for (const { name } of tables) if (!known.has(name)) faults.push(`${name} is in no group`)
  const parts = [
    intro.trim(),
    '## Views',
    ...views.map((view) => formatView(view, comments, describe)),
    '## Questions and their answers',
    `Each of these ${workedQueries.length} is run by a test.`,
    ...workedQueries.map(
      ({ question, sql }, index) => `### ${index + 1}. ${question}\n\n\`\`\`sql\n${sql}\n\`\`\``,
    ),
    ...tableGroups.flatMap((group) => formatGroup(group, { tables, comments, describe, faults })),
  ]
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return `${parts.join('\n\n')}\n`
}

function formatView(view: SchemaView, comments: SchemaComments, describe: Describe): string {
  const about = describe(view.name, undefined, comments.objects.get(view.name))
  const rows = view.columns.map((column) => [
    `\`${column}\``,
    describe(`${view.name}.${column}`, undefined, comments.columns.get(view.name)?.get(column)),
  ])
  return `### \`${view.name}\`\n\n${about}\n\n${formatTable(['column', 'what it says'], rows)}`
}

interface TableSources {
  tables: readonly SchemaTable[]
  comments: SchemaComments
  describe: Describe
  faults: string[]
}

function formatGroup({ title, intro, tables: words }: TableGroup, sources: TableSources): string[] {
  const sections = Object.entries(words).map(([name, told]) => {
    const table = sources.tables.find((each) => each.name === name)
    if (table === undefined) sources.faults.push(`${name} is described, but is no table`)
    return table === undefined ? '' : formatOneTable(table, told, sources)
  })
  return [`## ${title}`, ...(intro === undefined ? [] : [intro]), ...sections]
}

function formatOneTable(table: SchemaTable, words: TableWords, sources: TableSources): string {
  const { name, columns, indexes, uniques, triggers } = table
  const { comments, describe, faults } = sources
  const noteUnknown = (told: Readonly<Record<string, string>>, names: readonly string[]): void => {
    for (const each of Object.keys(told)) {
      if (!names.includes(each)) faults.push(`${name}.${each} is described, but is not there`)
    }
  }
  noteUnknown(
    words.columns,
    columns.map((column) => column.name),
  )
  noteUnknown(
    words.indexes ?? {},
    indexes.map((index) => index.name),
  )
  noteUnknown(words.triggers ?? {}, triggers)
  const columnRows = columns.map((column) => [
    `\`${column.name}\``,
    formatType(column),
    describe(
      `${name}.${column.name}`,
      words.columns[column.name],
      comments.columns.get(name)?.get(column.name),
    ),
  ])
  const indexRows = indexes.map((index) => [
    `\`${index.name}\``,
    `${index.isUnique ? 'unique ' : ''}\`${index.definition}\``,
    describe(index.name, words.indexes?.[index.name], comments.objects.get(index.name)),
  ])
  const triggerRows = triggers.map((trigger) => [
    `\`${trigger}\``,
    describe(trigger, words.triggers?.[trigger], comments.objects.get(trigger)),
  ])
  const key = columns
    .filter(({ keyPlace }) => keyPlace > 0)
    .toSorted((one, other) => one.keyPlace - other.keyPlace)
    .map((column) => column.name)
  const keys = [
    ...(key.length > 0 ? [`Primary key: \`${key.join(', ')}\`.`] : []),
    ...uniques.map((unique) => `Unique besides: \`${unique}\`.`),
  ]
  const writers = words.writers.map((file) => `[${file.split('/').at(-1)}](../${file})`)
  return [
    `### \`${name}\``,
    describe(name, words.about, comments.objects.get(name)),
    [`Written by ${writers.join(', ')}.`, ...keys].join(' '),
    formatTable(['column', 'type', 'what it says'], columnRows),
    ...(indexRows.length > 0 ? [formatTable(['index', 'on', 'for'], indexRows)] : []),
    ...(triggerRows.length > 0 ? [formatTable(['trigger', 'what it does'], triggerRows)] : []),
  ].join('\n\n')
}

function formatType({ type, isRequired, defaultValue, refersTo }: SchemaColumn): string {
  return [
    type === '' ? 'text' : type.toLowerCase(),
    ...(isRequired ? [] : ['or null']),
    ...(defaultValue === null ? [] : [`default \`${defaultValue}\``]),
    ...(refersTo === null ? [] : [`→ \`${refersTo}\``]),
  ].join(' ')
}

function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
