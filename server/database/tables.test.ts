import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, type TSInterfaceDeclaration, type TSSignature, type TSType } from 'oxc-parser'
import { expect, test } from 'vitest'
import { openTemporaryDatabase } from '../testing/temporary-database.ts'

/** Name of a column -> whether it may be null. */
type Columns = Record<string, boolean>

const files = [
  'tables-directory.ts',
  'tables-conversation.ts',
  'tables-engine.ts',
  'tables-files.ts',
  'tables-notifications.ts',
]

const interfaces = new Map<string, TSInterfaceDeclaration>()
for (const file of files) {
  const text = readFileSync(join(import.meta.dirname, file), 'utf8')
  for (const node of parseSync(file, text).program.body) {
    const declared = node.type === 'ExportNamedDeclaration' ? node.declaration : node
    if (declared?.type === 'TSInterfaceDeclaration') interfaces.set(declared.id.name, declared)
  }
}

function membersOf(members: readonly TSSignature[]): [string, TSType][] {
  return members.flatMap((member): [string, TSType][] => {
    if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier') return []
    return member.typeAnnotation ? [[member.key.name, member.typeAnnotation.typeAnnotation]] : []
  })
}

function columnsOf(type: TSType): Columns {
  if (type.type === 'TSIntersectionType') {
    return Object.assign({}, ...type.types.map(columnsOf)) as Columns // a merge of what is Columns
  }
  if (type.type === 'TSTypeLiteral') return toColumns(membersOf(type.members))
  if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return {}
  const found = interfaces.get(type.typeName.name)
  return found === undefined ? {} : toColumns(membersOf(found.body.body))
}

function toColumns(members: [string, TSType][]): Columns {
  return Object.fromEntries(members.map(([name, type]) => [name, isNullable(type)]))
}

function isNullable(type: TSType): boolean {
  return type.type === 'TSUnionType' && type.types.some((each) => each.type === 'TSNullKeyword')
}

function typedTables(): Record<string, Columns> {
  const groups = [
    ...['DirectoryTables', 'ConversationTables', 'EngineTables'],
    ...['FileTables', 'NotificationTables'],
  ]
  const tables = groups.flatMap((group) => membersOf(interfaces.get(group)?.body.body ?? []))
  return Object.fromEntries(tables.map(([name, type]) => [name, columnsOf(type)]))
}

test('the types of the tables are what the migrations make', async () => {
  const { sqlite, close } = openTemporaryDatabase()
  const typed = typedTables()
  expect(Object.keys(typed).length).toBeGreaterThan(15)
  const inStore: Record<string, Columns> = {}
  for (const table of Object.keys(typed)) {
    const columns = sqlite
      .prepare<[string], { name: string; isRequired: number; pk: number }>(
        'SELECT name, "notnull" AS isRequired, pk FROM pragma_table_info(?)',
      )
      .all(table)
    inStore[table] = Object.fromEntries(
      columns.map(({ name, isRequired, pk }) => [name, isRequired === 0 && pk === 0]),
    )
  }
  await close()
  expect(typed).toEqual(inStore)
})
