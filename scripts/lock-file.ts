/** Reads package-lock.json and finds the optional packages (one per platform) that it leaves out. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { projectFolder } from './run-stages.ts'

const versionsSchema = z.record(z.string(), z.string()).optional()

const lockedPackageSchema = z.looseObject({
  version: z.string().optional(),
  resolved: z.string().optional(),
  dev: z.boolean().optional(),
  gypfile: z.boolean().optional(),
  dependencies: versionsSchema,
  devDependencies: versionsSchema,
  optionalDependencies: versionsSchema,
})

const lockFileSchema = z.looseObject({ packages: z.record(z.string(), lockedPackageSchema) })

export type LockFile = z.infer<typeof lockFileSchema>

export interface MissingPackage {
  name: string
  version: string
  isDev: boolean
}

/**
 * Packages that bring their programs along. Without `gypfile: false` in the lock file npm compiles
 * them all the same, for which most machines have no compiler.
 */
export const prebuiltPackages = ['node_modules/better-sqlite3']

export const lockFilePath = join(projectFolder, 'package-lock.json')

/** Reads the lock file with every field that it has, in npm's order. */
export function readLockFile(): LockFile {
  const content: unknown = JSON.parse(readFileSync(lockFilePath, 'utf8'))
  lockFileSchema.parse(content)
  return content as LockFile // just checked; the parsed copy would have its fields in another order
}

/**
 * Finds what `npm ci` would refuse the lock file for: npm leaves out optional packages that the
 * registry could not give when the lock file was written, as a registry's copy may lack those of
 * other platforms.
 */
export function findMissingPackages({ packages }: LockFile): MissingPackage[] {
  return Object.entries(packages).flatMap(([path, { dev = false, optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isLocked(packages, path, name))
      .map(([name, version]) => ({ name, version, isDev: dev })),
  )
}

/** Looks where Node would: in the package's own node_modules, then in those around it. */
function isLocked(packages: LockFile['packages'], path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    if (`${folder}/node_modules/${name}` in packages) return true
    if (!folder.includes('/node_modules/')) break
  }
  return `node_modules/${name}` in packages
}
