/**
 * Everybody who occurs in an export -> people of our own, without accounts: those that users.json
 * lists, bots, and those who are known from their messages alone. Pure.
 */
import type { UserId } from '../../../shared/ids.ts'
import type { ImportedPerson } from '../imported-records.ts'
import { toCleanName } from '../text/clean-text.ts'
import { personIdOf } from './slack-ids.ts'
import type { SlackMessage, SlackUser } from './slack-records.ts'

export interface People {
  /** The person of a Slack user id; makes one who is known by the id alone if need be. */
  ofUser: (slackUserId: string, name?: string) => ImportedPerson
  /** The person of a Slack user id who occurred already. */
  find: (slackUserId: string) => ImportedPerson | undefined
  /** Who wrote a message; undefined when it does not say. */
  authorOf: (message: SlackMessage) => ImportedPerson | undefined
  all: () => ImportedPerson[]
  /** From now on answers somebody who is here already in the place of an imported person. */
  link: (importedId: UserId, id: UserId) => void
}

const nothingElse = {
  displayName: null,
  email: null,
  bio: null,
  isDeactivated: false,
  isGuest: false,
}

export function createPeople(workspace: string, users: readonly SlackUser[]): People {
  const byKey = new Map<string, ImportedPerson>()
  const userIdByBotId = new Map<string, string>()
  const placeholders = new Set<string>()

  function add(key: string, facts: Omit<ImportedPerson, 'id'>): ImportedPerson {
    const person = { id: personIdOf(workspace, key), ...facts }
    byKey.set(key, person)
    return person
  }

  for (const user of users) {
    const { profile } = user
    const displayName = clean(profile?.display_name) || clean(user.name)
    const name = clean(user.real_name) || clean(profile?.real_name) || displayName || user.id
    const email = /^[^\s@]{1,64}@[^\s@]{1,255}$/.exec(profile?.email?.trim() ?? '')?.[0]
    add(user.id, {
      name,
      displayName: displayName === '' || displayName === name ? null : displayName,
      email: email?.toLowerCase() ?? null,
      bio: clean(profile?.title, 500) || null,
      isDeactivated: user.deleted === true,
      isGuest: [user.is_restricted, user.is_ultra_restricted, user.is_stranger].includes(true),
    })
    if (profile?.bot_id !== undefined) userIdByBotId.set(profile.bot_id, user.id)
  }

  function nameless(key: string, name: string): ImportedPerson {
    placeholders.add(key)
    return add(key, { name, ...nothingElse })
  }

  function ofUser(slackUserId: string, givenName = ''): ImportedPerson {
    const known = byKey.get(slackUserId)
    const name = clean(givenName)
    if (known !== undefined && (name === '' || !placeholders.has(slackUserId))) return known
    if (name === '') {
      return nameless(slackUserId, slackUserId === 'USLACKBOT' ? 'Slackbot' : slackUserId)
    }
    placeholders.delete(slackUserId)
    return add(slackUserId, { name, ...nothingElse })
  }

  /** A webhook may post under many names; each is somebody to the reader. */
  function ofBot(botId: string | undefined, message: SlackMessage): ImportedPerson {
    const user = botId === undefined ? undefined : userIdByBotId.get(botId)
    if (user !== undefined) return ofUser(user)
    const name = clean(message.username) || clean(message.bot_profile?.name)
    const key = `bot/${botId ?? ''}/${clean(message.username)}`
    const known = byKey.get(key)
    if (known !== undefined && (name === '' || !placeholders.has(key))) return known
    if (name === '') return nameless(key, ['Bot', botId].join(' ').trim())
    placeholders.delete(key)
    return add(key, { name, ...nothingElse })
  }

  return {
    ofUser,
    find: (slackUserId) => byKey.get(slackUserId),
    authorOf(message) {
      const commenter = message.subtype === 'file_comment' ? message.comment?.user : undefined
      const user = message.user ?? commenter
      if (user !== undefined) return ofUser(user, nameIn(message))
      const isBot = message.bot_id !== undefined || message.username !== undefined
      if (isBot || message.subtype === 'bot_message') {
        return ofBot(message.bot_id, message)
      }
      return undefined
    },
    all: () => [...byKey.values()],
    link(importedId, id) {
      for (const [key, person] of byKey) {
        if (person.id === importedId) byKey.set(key, { ...person, id })
      }
    },
  }
}

function nameIn({ user_profile: profile }: SlackMessage): string {
  return clean(profile?.real_name) || clean(profile?.display_name) || clean(profile?.name)
}

function clean(text: string | undefined, maxLength?: number): string {
  return toCleanName(text ?? '', maxLength)
}

/**
 * The workspace's own id. People of other workspaces may be listed too (shared channels), so it is
 * read from the one who owns it, then from those who are no strangers, then from anybody.
 */
export function workspaceOf(users: readonly SlackUser[]): string {
  const owner = users.find((user) => user.is_primary_owner === true)
  const native = users.find((user) => user.is_stranger !== true && user.team_id !== undefined)
  return owner?.team_id ?? native?.team_id ?? users[0]?.team_id ?? ''
}
