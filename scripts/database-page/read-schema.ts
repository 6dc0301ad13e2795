/** Reads what a migrated store is made of: tables, columns, indexes, triggers and views. */
import type { SqliteConnection } from '../../server/database/open-database.ts'

export interface SchemaColumn {
  name: string
  type: string
  isRequired: boolean
  defaultValue: string | null
  /** Its place in the primary key, from 1; 0 when it is not in it. */
  keyPlace: number
  /** `table.column` that it refers to. */
  refersTo: string | null
}

export interface SchemaIndex {
  name: string
  isUnique: boolean
  /** Columns or expressions, and the condition of a partial index: as in its definition. */
  definition: string
}

export interface SchemaTable {
  name: string
  columns: SchemaColumn[]
  /** Those that have a name of their own; keys are told by the columns. */
  indexes: SchemaIndex[]
  /** Other columns or sets of them that are unique. */
  uniques: string[]
  triggers: string[]
}

export interface SchemaView {
  name: string
  columns: string[]
}

export interface Schema {
  tables: SchemaTable[]
  views: SchemaView[]
}

/** SQLite's own, and what FTS5 keeps for a table of its kind. */
const isInternal = (name: string): boolean =>
  name.startsWith('sqlite_') || /^search_index_(data|idx|docsize|config|content)$/.test(name)

export function readSchema(sqlite: SqliteConnection): Schema {
  const objects = sqlite
    .prepare<[], { type: string; name: string; tableName: string; sql: string | null }>(
      `SELECT type, name, tbl_name AS tableName, sql FROM sqlite_schema ORDER BY rowid`,
    )
    .all()
  const named = (type: string): typeof objects =>
    objects.filter((each) => each.type === type && !isInternal(each.name))
  const tables = named('table').map(({ name }): SchemaTable => {
    const of = (type: string) => named(type).filter(({ tableName }) => tableName === name)
    return {
      name,
      columns: readColumns(sqlite, name),
      indexes: of('index').map((index) => toIndex(index.name, index.sql ?? '')),
      uniques: readUniques(sqlite, name),
      triggers: of('trigger').map((trigger) => trigger.name),
    }
  })
  const views = named('view').map(({ name }): SchemaView => ({
    name,
    columns: readColumns(sqlite, name).map((column) => column.name),
  }))
  return { tables, views }
}

function readColumns(sqlite: SqliteConnection, table: string): SchemaColumn[] {
  const references = sqlite
    .prepare<[string], { from: string; table: string; to: string }>(
      'SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)',
    )
    .all(table)
  const target = new Map(references.map((each) => [each.from, `${each.table}.${each.to}`]))
  return sqlite
    .prepare<[string], Omit<SchemaColumn, 'isRequired' | 'refersTo'> & { isRequired: number }>(
      `SELECT name, type, "notnull" AS isRequired, dflt_value AS defaultValue, pk AS keyPlace
       FROM pragma_table_info(?)`,
    )
    .all(table)
    .map((column) => ({
      ...column,
      isRequired: column.isRequired === 1 || column.keyPlace > 0,
      refersTo: target.get(column.name) ?? null,
    }))
}

function readUniques(sqlite: SqliteConnection, table: string): string[] {
  return sqlite
    .prepare<[string], { columns: string }>(
      `SELECT (SELECT group_concat(name, ', ') FROM pragma_index_info(list.name)) AS columns
       FROM pragma_index_list(?) AS list WHERE origin = 'u' ORDER BY seq DESC`,
    )
    .all(table)
    .map(({ columns }) => columns)
}

function toIndex(name: string, sql: string): SchemaIndex {
  const [, definition = ''] = /\sON\s+\w+\s+(\(.*)$/s.exec(sql) ?? []
  return {
    name,
    isUnique: sql.startsWith('CREATE UNIQUE'),
    definition: definition.replaceAll(/\s+/g, ' '),
  }
}
