/**
 * Loaded into a server before its own code (`--import`, with --expose-gc): at SIGUSR2 it collects its
 * garbage and says, in a file of its working directory, what it then has in memory.
 */
import { renameSync, writeFileSync } from 'node:fs'

const COLLECTIONS = 3

process.on('SIGUSR2', () => {
  // What one collection finds, finalizers let go of only before the next.
  for (let count = 0; count < COLLECTIONS; count += 1) globalThis.gc?.()
  writeFileSync('memory.new.json', JSON.stringify(process.memoryUsage()))
  renameSync('memory.new.json', 'memory.json')
})
