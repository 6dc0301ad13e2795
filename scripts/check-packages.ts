/**
 * Checks package.json and its lock file: exact versions only, so that an older npm cannot pick
 * others, and no registry addresses, so that the install works behind any registry.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { findMissingPackages, prebuiltPackages, readLockFile } from './lock-file.ts'
import { projectFolder } from './run-stages.ts'

const versionsSchema = z.record(z.string(), z.string()).default({})
const manifestSchema = z.object({
  dependencies: versionsSchema,
  devDependencies: versionsSchema,
})

const exactVersion = /^\d+\.\d+\.\d+(-[\w.]+)?$/

function readManifest(): z.infer<typeof manifestSchema> {
  return manifestSchema.parse(JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')))
}

function findFaults(): string[] {
  const manifest = readManifest()
  const lockFile = readLockFile()
  const { packages } = lockFile
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies }
  const locked = { ...packages['']?.dependencies, ...packages['']?.devDependencies }
  const faults: string[] = []
  for (const [name, version] of Object.entries(wanted)) {
    if (!exactVersion.test(version)) faults.push(`package.json: ${name} is not exact: ${version}`)
    if (locked[name] !== version) faults.push(`package-lock.json: ${name} is not ${version}`)
  }
  for (const [path, { resolved }] of Object.entries(packages)) {
    if (resolved !== undefined)
      faults.push(`package-lock.json: ${path} has an address: ${resolved}`)
  }
  for (const path of prebuiltPackages) {
    if (packages[path]?.gypfile !== false) {
      faults.push(
        `package-lock.json: ${path} would be compiled; run node scripts/complete-lock-file.ts`,
      )
    }
  }
  for (const { name } of findMissingPackages(lockFile)) {
    faults.push(`package-lock.json: ${name} is missing; run node scripts/complete-lock-file.ts`)
  }
  return faults
}

const faults = findFaults()
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1
