/** `npm run test:e2e [file ...]`: the browser tests alone, on a fresh build. */
import { buildClient, isClientStale } from './client-build.ts'
import { ensureChromium } from './ensure-chromium.ts'
import { runStage } from './run-stages.ts'

ensureChromium()
const isBuilt = !isClientStale() || buildClient().isPassed
const files = process.argv.slice(2)
const result =
  isBuilt && runStage({ name: 'browser tests', command: ['playwright', 'test', ...files] })
process.exitCode = result !== false && result.isPassed ? 0 : 1
