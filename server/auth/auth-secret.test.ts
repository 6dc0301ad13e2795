import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSecret } from '../config/secret.ts'
import { readAuthSecret } from './auth-secret.ts'

describe('the secret that signs cookies', () => {
  let folder: string
  const auth = { secret: undefined }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  test('comes from the environment when it is set there, and nothing is written', () => {
    const given = { secret: createSecret('from-the-environment') }
    expect(readAuthSecret({ auth: given, dataDir: folder })).toBe('from-the-environment')
    expect(readdirSync(folder)).toEqual([])
  })

  test('is made on the first start and stays the same', () => {
    const dataDir = join(folder, 'new')
    const first = readAuthSecret({ auth, dataDir })
    expect(first.length).toBeGreaterThanOrEqual(64)
    expect(readAuthSecret({ auth, dataDir })).toBe(first)
    expect(readdirSync(dataDir)).toEqual(['auth-secret'])
  })

  test('can be read by nobody else on the machine', () => {
    readAuthSecret({ auth, dataDir: folder })
    expect(statSync(join(folder, 'auth-secret')).mode & 0o777).toBe(0o600)
  })

  test('is not taken from a file that was emptied', () => {
    writeFileSync(join(folder, 'auth-secret'), '')
    expect(() => readAuthSecret({ auth, dataDir: folder })).toThrow('holds no whole secret')
  })
})
