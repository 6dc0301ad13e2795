/**
 * Checks package.json and its lock file: exact versions only, so that an older npm cannot pick
 * others, and no registry addresses, so that the install works behind any registry.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { projectFolder } from './run-stages.ts'

const versionsSchema = z.record(z.string(), z.string()).default({})
const manifestSchema = z.object({
  version: z.string(),
  dependencies: versionsSchema,
  devDependencies: versionsSchema,
})
const lockedPackageSchema = z.object({
  resolved: z.string().optional(),
  dependencies: versionsSchema,
  devDependencies: versionsSchema,
})
const lockSchema = z.object({ packages: z.record(z.string(), lockedPackageSchema) })

const exactVersion = /^\d+\.\d+\.\d+(-[\w.]+)?$/

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(projectFolder, name), 'utf8'))
}

function findFaults(): string[] {
  const manifest = manifestSchema.parse(readJson('package.json'))
  const { packages } = lockSchema.parse(readJson('package-lock.json'))
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
  return faults
}

const faults = findFaults()
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1
