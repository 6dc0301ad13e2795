import { startTestServer } from '../../testing/running-server.ts'
import { describeImportTarget, FEW_MESSAGES } from '../import-target.contract.ts'
import { connectRemoteTarget } from './remote-target.ts'

describeImportTarget('a running server', async () => {
  const segments = { maxMessages: FEW_MESSAGES, maxClients: 300 }
  const server = await startTestServer({ limits: { segments } })
  const target = await connectRemoteTarget(server.folder)
  if (target === undefined) throw new Error('The server takes no imports')
  return {
    ...{ target, sqlite: server.sqlite },
    async close() {
      target.close()
      await server.close()
    },
  }
})
