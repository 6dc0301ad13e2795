import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { projectFolder } from './run-stages.ts'

const pages = globSync(['*.md', '{shared,server,client,e2e,docs}/**/*.md'], { cwd: projectFolder })

test.each(pages)('%s links to files that exist', (page) => {
  const text = readFileSync(join(projectFolder, page), 'utf8')
  const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link)
  const local = links.filter((link) => !link.includes('://'))
  const missing = local.filter((link) => !existsSync(join(projectFolder, dirname(page), link)))
  expect(missing).toEqual([])
})

test('every script that the README names exists', () => {
  const text = readFileSync(join(projectFolder, 'README.md'), 'utf8')
  const manifest: unknown = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'))
  const named = [...text.matchAll(/npm run ([a-z0-9:]+)/g)].map(([, name = '']) => name)
  const scripts = Object.fromEntries(named.map((name) => [name, expect.any(String)]))
  expect(manifest).toMatchObject({ scripts })
})
