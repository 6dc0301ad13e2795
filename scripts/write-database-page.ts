/** `npm run docs`: writes docs/database.md, which a test holds against the schema. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readDatabasePage } from './database-page/read-page.ts'
import { projectFolder } from './run-stages.ts'

try {
  writeFileSync(join(projectFolder, 'docs/database.md'), await readDatabasePage())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
