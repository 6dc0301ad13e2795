import { openTemporaryDatabase } from '../testing/temporary-database.ts'
import { describeImportTarget, FEW_MESSAGES } from './import-target.contract.ts'
import { createStoppedTarget } from './stopped-target.ts'

describeImportTarget('a data directory that no server uses', () => {
  const { sqlite, close } = openTemporaryDatabase()
  const limits = { maxMessages: FEW_MESSAGES, maxClients: 300 }
  return Promise.resolve({
    ...{ sqlite, close },
    target: createStoppedTarget({ sqlite, now: Date.now, limits }),
  })
})
