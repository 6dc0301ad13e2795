/**
 * better-auth writes dates for SQLite as ISO texts; every time in this store is an integer, ms UTC.
 * This Kysely plugin converts between the two, for columns named `*_at` alone.
 */
import {
  ColumnNode,
  OperationNodeTransformer,
  PrimitiveValueListNode,
  ReferenceNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
  type BinaryOperationNode,
  type ColumnUpdateNode,
  type InsertQueryNode,
  type KyselyPlugin,
  type OperationNode,
} from 'kysely'

const isTimeColumn = (name: string): boolean => name.endsWith('_at')

class DateTransformer extends OperationNodeTransformer {
  protected override transformInsertQuery(node: InsertQueryNode): InsertQueryNode {
    const insert = super.transformInsertQuery(node)
    const { columns, values } = insert
    if (columns === undefined || values === undefined || !ValuesNode.is(values)) return insert
    const isTime = columns.map(({ column }) => isTimeColumn(column.name))
    const rows = values.values.map((row) =>
      PrimitiveValueListNode.is(row)
        ? PrimitiveValueListNode.create(
            row.values.map((value, index) => (isTime[index] ? toInteger(value) : value)),
          )
        : ValueListNode.create(
            row.values.map((value, index) => (isTime[index] ? withInteger(value) : value)),
          ),
    )
    return { ...insert, values: ValuesNode.create(rows) }
  }

  protected override transformColumnUpdate(node: ColumnUpdateNode): ColumnUpdateNode {
    const update = super.transformColumnUpdate(node)
    return isTimeNode(update.column) ? { ...update, value: withInteger(update.value) } : update
  }

  protected override transformBinaryOperation(node: BinaryOperationNode): BinaryOperationNode {
    const operation = super.transformBinaryOperation(node)
    return isTimeNode(operation.leftOperand)
      ? { ...operation, rightOperand: withInteger(operation.rightOperand) }
      : operation
  }
}

export function createIntegerDates(): KyselyPlugin {
  const transformer = new DateTransformer()
  return {
    transformQuery: ({ node, queryId }) => transformer.transformNode(node, queryId),
    transformResult: ({ result }) =>
      Promise.resolve({ ...result, rows: result.rows.map(withIsoTimes) }),
  }
}

function isTimeNode(node: OperationNode): boolean {
  if (ReferenceNode.is(node)) return isTimeNode(node.column)
  return ColumnNode.is(node) && isTimeColumn(node.column.name)
}

function withInteger<Node extends OperationNode>(node: Node): Node {
  return ValueNode.is(node) ? { ...node, value: toInteger(node.value) } : node
}

function toInteger(value: unknown): unknown {
  if (value instanceof Date) return value.getTime()
  if (typeof value !== 'string') return value
  const time = Date.parse(value)
  return Number.isNaN(time) ? value : time
}

function withIsoTimes(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) =>
      isTimeColumn(name) && typeof value === 'number'
        ? [name, new Date(value).toISOString()]
        : [name, value],
    ),
  )
}
