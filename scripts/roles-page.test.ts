import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { channelRoles } from '../shared/api/channels.ts'
import { workspaceRoles } from '../shared/api/users.ts'
import {
  channelRights,
  mayInChannel,
  mayInWorkspace,
  workspaceRights,
  type ChannelRight,
  type WorkspaceRight,
} from '../shared/guard/permissions.ts'
import { projectFolder } from './run-stages.ts'

const page = readFileSync(join(projectFolder, 'docs/roles.md'), 'utf8')
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').slice(1, -1).join('|').replaceAll(/\s+/g, ' ').trim())

const mark = (is: boolean): string => (is ? 'yes' : '')
const rowOf = (cells: readonly string[]): string => cells.join(' | ').replaceAll(/\s+/g, ' ').trim()

test('the page of roles says of the workspace what the table of rights says', () => {
  for (const [right, { says }] of Object.entries(workspaceRights)) {
    const key = right as WorkspaceRight // a key of that very table
    const cells = workspaceRoles.map((role) => mark(mayInWorkspace(role, key)))
    expect(rows).toContain(rowOf([says, ...cells]))
  }
})

test('the page of roles says of channels what the table of rights says', () => {
  for (const [right, { says }] of Object.entries(channelRights)) {
    const key = right as ChannelRight // a key of that very table
    const asMember = channelRoles.map((channelRole) =>
      mark(mayInChannel({ isPublic: true, workspaceRole: 'MEMBER', channelRole }, key)),
    )
    const managers = (['OWNER', 'ADMIN'] as const).map((workspaceRole) => {
      const standing = { isPublic: true, workspaceRole, channelRole: undefined }
      if (mayInChannel(standing, key)) return 'yes'
      const isAboveMember = channelRoles.every((channelRole) =>
        mayInChannel({ ...standing, channelRole }, key),
      )
      return isAboveMember ? 'when in it' : ''
    })
    const others = (['MEMBER', 'GUEST'] as const).map((workspaceRole) =>
      mark(mayInChannel({ isPublic: true, workspaceRole, channelRole: undefined }, key)),
    )
    expect(rows).toContain(rowOf([says, ...asMember, ...managers, ...others]))
  }
})

test('the page of roles has no right that is not in the tables', () => {
  const rights = [...Object.values(workspaceRights), ...Object.values(channelRights)]
  const headings = 2
  expect(rows.length).toBe(rights.length + 2 * headings)
})
