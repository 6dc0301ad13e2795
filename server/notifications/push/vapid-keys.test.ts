import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { inspect } from 'node:util'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readVapidKeys } from './vapid-keys.ts'

describe('the keys for Web Push', () => {
  let dataDir: string

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'connectnow-'))
  })
  afterEach(() => rmSync(dataDir, { recursive: true }))

  test('are made on the first start and stay the same, for nobody else’s eyes', () => {
    const first = readVapidKeys({ dataDir })
    const second = readVapidKeys({ dataDir })
    expect(second.publicKey).toBe(first.publicKey)
    expect(second.privateKey.reveal()).toBe(first.privateKey.reveal())
    expect(readdirSync(dataDir)).toEqual(['vapid-keys'])
    expect(statSync(join(dataDir, 'vapid-keys')).mode & 0o777).toBe(0o600)
    expect(inspect(first)).not.toContain(first.privateKey.reveal())
  })

  test('are not taken from a file that was emptied', () => {
    writeFileSync(join(dataDir, 'vapid-keys'), '')
    expect(() => readVapidKeys({ dataDir })).toThrow('holds no whole keys')
  })
})
