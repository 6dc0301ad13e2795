import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runBackup } from '../../server/admin/backup/backup-command.ts'
import { runRestore } from '../../server/admin/backup/restore-command.ts'
import { runVerify } from '../../server/admin/verify-command.ts'
import { runCommand } from '../../server/testing/command-runner.ts'
import { startTestServer } from '../../server/testing/running-server.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { openTestEngine, screen, until, untilSettled } from '../testing/engine-kit.ts'

test('P6 after a restore from a backup each browser puts back what is its own, and no more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  const file = join(folder, 'backup.zip')
  const server = await startTestServer()
  try {
    const [ada, ben] = [await server.signUp('Ada'), await server.signUp('Ben')]
    const channel = await server.createChannel(ada, { name: 'C', slug: 'restored' })
    await ada.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
    const conversation: Conversation = { kind: 'channel', id: channel.id }
    const engines = [
      await openTestEngine(server, ada, conversation),
      await openTestEngine(server, ben, conversation),
    ] as const
    const [adas, bens] = engines
    adas.handle.send({ content: 'kept in the backup' })
    await until(bens, ({ messages }) => messages.length === 1)
    await untilSettled(adas)
    expect(await runCommand(runBackup, [file], server.folder)).toMatchObject({ code: 0 })

    adas.handle.send({ content: 'Ada, after it' })
    bens.handle.send({ content: 'Ben, after it' })
    for (const engine of engines) {
      await until(engine, ({ messages }) => messages.length === 3)
      await untilSettled(engine)
      engine.setOnline(false)
    }
    bens.handle.send({ content: 'Ben, offline' })
    await server.restart(async () => {
      const restored = await runCommand(runRestore, [file, '--force'], server.folder)
      expect(restored).toMatchObject({ code: 0 })
    })

    // Ada alone is back: what is Ben's is not hers to bring.
    adas.setOnline(true)
    await untilSettled(adas)
    await expect.poll(() => screen(adas)).toEqual(['kept in the backup sent', 'Ada, after it sent'])
    bens.setOnline(true)
    const all = ['Ada, after it', 'Ben, after it', 'Ben, offline', 'kept in the backup']
    for (const engine of engines) {
      await expect
        .poll(() => screen(engine).toSorted())
        .toEqual(all.map((content) => `${content} sent`))
      await engine.close()
    }
    expect(await runCommand(runVerify, [], server.folder)).toMatchObject({ code: 0 })
  } finally {
    await server.close()
    rmSync(folder, { recursive: true })
  }
})
