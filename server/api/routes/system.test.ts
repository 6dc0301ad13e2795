import { expect, test } from 'vitest'
import { openTemporaryDatabase } from '../../testing/temporary-database.ts'
import { createSystemRoutes } from './system.ts'

test('health is ok while the store answers, and 503 when it does not', async () => {
  const database = openTemporaryDatabase()
  const app = createSystemRoutes(database)
  const well = await app.request('/health')
  expect([well.status, await well.json()]).toEqual([200, { status: 'ok', db: 'connected' }])
  await database.close()
  const ill = await app.request('/health')
  const unavailable = { status: 'unavailable', db: 'unavailable' }
  expect([ill.status, await ill.json()]).toEqual([503, unavailable])
})
