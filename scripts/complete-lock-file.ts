/**
 * Adds to package-lock.json what npm leaves out of it: the packages of other platforms that the
 * registry at hand did not have, and that some packages need no compiler. Then `npm ci` takes it
 * everywhere. Run it after each `npm install` that changed the file.
 */
import { writeFileSync } from 'node:fs'
import {
  findMissingPackages,
  lockFilePath,
  prebuiltPackages,
  readLockFile,
  type MissingPackage,
} from './lock-file.ts'

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64']

/** Such packages say in their names for which system and processor they are. */
function describe({ name, version, isDev }: MissingPackage) {
  const words = name.split(/[/-]/)
  const os = systems.filter((system) => words.includes(system))
  const cpu = processors.filter((processor) => words.includes(processor))
  if (os.length !== 1 || cpu.length !== 1) throw new Error(`${name}: for which platform is it?`)
  const libc =
    os[0] !== 'linux' ? [] : words.some((word) => word.startsWith('musl')) ? ['musl'] : ['glibc']
  return {
    version,
    cpu,
    ...(isDev ? { dev: true } : {}),
    ...(libc.length > 0 ? { libc } : {}),
    optional: true,
    os,
  }
}

const lockFile = readLockFile()
const missing = findMissingPackages(lockFile)
const added = missing.map((found) => [`node_modules/${found.name}`, describe(found)] as const)
for (const path of prebuiltPackages) {
  const locked = lockFile.packages[path]
  if (locked !== undefined) locked.gypfile = false
}
const root = lockFile.packages['']
const packages = Object.fromEntries(
  [...Object.entries(lockFile.packages), ...added]
    .filter(([path]) => path !== '')
    .sort(([left], [right]) => left.localeCompare(right, 'en')),
)
const completed = {
  ...lockFile,
  packages: { ...(root === undefined ? {} : { '': root }), ...packages },
}
writeFileSync(lockFilePath, `${JSON.stringify(completed, null, 2)}\n`)
console.log(`${added.length} packages of other platforms added to package-lock.json`)
