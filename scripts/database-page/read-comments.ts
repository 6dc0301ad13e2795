/** Reads what the migrations say of tables, columns, indexes, triggers and views. Pure. */

export interface SchemaComments {
  /** By the name of a table, an index, a trigger or a view: the comment right above it. */
  objects: Map<string, string>
  /** By table or view, then by column: the comment right above it. */
  columns: Map<string, Map<string, string>>
}

const COMMENT = /^\s*--\s?(.*)$/
const OBJECT =
  /^CREATE (?<type>(?:VIRTUAL )?TABLE|VIEW|(?:UNIQUE )?INDEX|TRIGGER)(?: IF NOT EXISTS)? (?<name>\w+)/
const ADDED_COLUMN = /^ALTER TABLE (?<table>\w+) ADD COLUMN (?<column>\w+)/
const TABLE_COLUMN = /^ {2}(?<column>[a-z_0-9]+) /
const VIEW_COLUMN = /^ {2}.* AS (?<column>[a-z_0-9]+),$/
const END_OF_COLUMNS = /\nFROM /g

/** A comment belongs to what begins in the line below it; the last migration has the last word. */
export function readComments(migrations: readonly string[]): SchemaComments {
  const comments: SchemaComments = { objects: new Map(), columns: new Map() }
  for (const sql of migrations) readMigration(sql, comments)
  return comments
}

function readMigration(sql: string, { objects, columns }: SchemaComments): void {
  let pending: string[] = []
  let body: { name: string; column: RegExp } | undefined
  const note = (table: string, column: string): void => {
    const known = columns.get(table) ?? new Map<string, string>()
    columns.set(table, known.set(column, pending.join(' ')))
  }
  // So that a view's last column ends like the others.
  for (const line of sql.replaceAll(END_OF_COLUMNS, ',$&').split('\n')) {
    const [, comment] = COMMENT.exec(line) ?? []
    if (comment !== undefined) {
      pending.push(comment.trim())
      continue
    }
    const { type, name } = OBJECT.exec(line)?.groups ?? {}
    if (type !== undefined && name !== undefined) {
      if (pending.length > 0) objects.set(name, pending.join(' '))
      body = bodyOf(type, name)
      pending = []
      continue
    }
    const added = ADDED_COLUMN.exec(line)?.groups
    if (added?.['table'] !== undefined && added['column'] !== undefined && pending.length > 0) {
      note(added['table'], added['column'])
    }
    if (body !== undefined && pending.length > 0) {
      const { column } = body.column.exec(line)?.groups ?? {}
      if (column !== undefined) note(body.name, column)
      // A column of a view may take several lines, and says its name in the last.
      else if (body.column === VIEW_COLUMN) continue
    }
    pending = []
    if (line.endsWith(';')) body = undefined
  }
}

function bodyOf(type: string, name: string): { name: string; column: RegExp } | undefined {
  if (type.endsWith('TABLE')) return { name, column: TABLE_COLUMN }
  return type === 'VIEW' ? { name, column: VIEW_COLUMN } : undefined
}
