import { expect, test } from 'vitest'
import { workspaceRoles, type WorkspaceRole } from '../api/users.ts'
import { accessTo } from './actor.ts'
import { mayGiveRole, mayManagePerson } from './permissions.ts'

const rank = (role: WorkspaceRole): number => workspaceRoles.indexOf(role)

test('nobody gives a role above their own, and only managers give any', () => {
  for (const commander of workspaceRoles) {
    for (const standing of workspaceRoles) {
      for (const role of workspaceRoles) {
        for (const isOneself of [true, false]) {
          const may = mayGiveRole(commander, { standing, role, isOneself })
          if (may) {
            expect(['OWNER', 'ADMIN']).toContain(commander)
            expect(rank(role)).toBeGreaterThanOrEqual(rank(commander))
          }
          if (commander === 'OWNER') expect(may).toBe(true)
        }
      }
    }
  }
})

test('admins manage members and guests, owners everybody, and others nobody', () => {
  const managed = (commander: WorkspaceRole): WorkspaceRole[] =>
    workspaceRoles.filter((person) => mayManagePerson(commander, person))
  expect(workspaceRoles.map(managed)).toEqual([[...workspaceRoles], ['MEMBER', 'GUEST'], [], []])
})

test('P2.14 where posting is for admins, members read, react and edit, but neither post nor pin', () => {
  const facts = { kind: 'channel', isPublic: true, isArchived: false, posting: 'ADMINS' } as const
  const member = accessTo({ ...facts, workspaceRole: 'MEMBER', channelRole: 'MEMBER' })
  expect(member).toEqual({
    ...{ canRead: true, writeDenial: undefined },
    ...{ canPost: false, canPin: false, canModerate: false },
  })
  for (const [workspaceRole, channelRole] of [
    ['MEMBER', 'ADMIN'],
    ['GUEST', 'OWNER'],
    ['ADMIN', 'MEMBER'],
    ['OWNER', 'MEMBER'],
  ] as const) {
    const access = accessTo({ ...facts, workspaceRole, channelRole })
    expect(access).toMatchObject({ canPost: true, canPin: true, canModerate: true })
  }
})
