import { afterAll, expect, test } from 'vitest'
import * as Y from 'yjs'
import { formatConversationName } from '../../shared/document/names.ts'
import { AppError } from '../../shared/errors.ts'
import { messageIdSchema, type ChannelId } from '../../shared/ids.ts'
import { guardCases } from '../../shared/testing/guard-cases.ts'
import { ADA_CLIENT, conversation, person } from '../../shared/testing/guarding.ts'
import { ada, ben, createIdSequence, now, updateOf } from '../../shared/testing/updates.ts'
import { openTemporaryDatabase } from '../testing/temporary-database.ts'
import { openEngine } from './open-engine.ts'

const { sqlite, close } = openTemporaryDatabase()
afterAll(close)
const nextId = createIdSequence()
const engine = openEngine({
  sqlite,
  now: () => now,
  onProjectionFailure(error) {
    throw error
  },
})
const tables = sqlite
  .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
  .all()
let count = 0

/** Every row of every table, and what stands in memory. */
function everythingOf(document: Y.Doc): unknown {
  engine.admission.settle()
  return {
    rows: tables.map(({ name }) => [name, sqlite.prepare(`SELECT * FROM "${name}"`).all()]),
    document: Y.encodeStateAsUpdate(document),
  }
}

/** The document of `conversation()`, admitted as its author's browser would bring it. */
async function open(): Promise<{ documentName: string; document: Y.Doc }> {
  count += 1
  const id = nextId<ChannelId>()
  sqlite
    .prepare(
      `INSERT INTO channels (id, name, slug, type, created_at, updated_at)
       VALUES (?, 'C', ?, 'PUBLIC', ?, ?)`,
    )
    .run(id, `channel-${count}`, now, now)
  const documentName = formatConversationName({ kind: 'channel', id })
  const document = new Y.Doc()
  engine.documents.register(documentName, document, 0)
  await engine.admission.admit({
    documentName,
    update: Y.encodeStateAsUpdate(conversation()),
    actor: person(ada),
    writer: 'person',
  })
  return { documentName, document }
}

for (const userId of [ada, ben]) {
  sqlite
    .prepare('INSERT INTO users (id, name, created_at, updated_at) VALUES (?, ?, ?, ?)')
    .run(userId, 'Somebody', now, now)
}
const refused = guardCases.filter(([, , expected]) => expected !== 'allowed')

test.each(refused)('%s, and no byte of it is anywhere', async (_rule, edit, expected, actor) => {
  const { documentName, document } = await open()
  const before = everythingOf(document)
  const update = updateOf(document, edit)
  const admitted = engine.admission.admit({
    documentName,
    update,
    actor: actor ?? person(ben),
    writer: 'person',
  })
  const error: unknown = await admitted.catch((thrown: unknown) => thrown)
  expect(error instanceof AppError && error.code).toBe(expected)
  expect(everythingOf(document)).toEqual(before)
})

test("P2.10 a clientID that is another person's is refused, and no byte of it is anywhere", async () => {
  const { documentName, document } = await open()
  const before = everythingOf(document)
  const key = messageIdSchema.parse(nextId())
  const forged = updateOf(document, ({ messages }) => messages.set(key, {}), ADA_CLIENT)
  const request = { documentName, update: forged, actor: person(ben), writer: 'person' as const }
  await expect(engine.admission.admit(request)).rejects.toMatchObject({ code: 'client_taken' })
  expect(everythingOf(document)).toEqual(before)
})
