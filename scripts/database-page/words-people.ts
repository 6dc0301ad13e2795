/** What the page of the database says of the tables of people and how they sign in. */
import type { TableWords } from './table-words.ts'

const BETTER_AUTH = 'server/auth/create-auth.ts'
const MANAGE = 'server/admin/people/manage-people.ts'
const CLAIM = 'server/commands/claim-person.ts'
const DEACTIVATE = 'server/commands/deactivate-person.ts'
const ERASE = 'server/commands/erase-person.ts'
const PROVEN = 'server/auth/proven-address.ts'
const NO_KEY =
  'Always null: the server keeps no key to an account elsewhere, but better-auth wants the column.'

export const peopleTables: Readonly<Record<string, TableWords>> = {
  users: {
    about: 'Everybody who has, or may claim, an account.',
    writers: [
      BETTER_AUTH,
      'server/commands/create-person.ts',
      CLAIM,
      'server/commands/update-person.ts',
      'server/commands/update-status.ts',
      'server/commands/status-expiry.ts',
      'server/commands/note-seen.ts',
      DEACTIVATE,
      ERASE,
      'server/retention/watch-retention.ts',
      'server/auth/write-hooks.ts',
      PROVEN,
      MANAGE,
      'server/import/write-directory.ts',
    ],
    columns: {
      id: 'UUIDv7.',
      email: 'Address to sign in with; null for those who were imported without one.',
      email_verified: 'Whether a link that was sent there was followed: 1 or 0.',
      name: 'Full name.',
      display_name: 'How they wish to be called.',
      avatar_url: 'Picture of them.',
      bio: 'What they say of themselves.',
      role: 'Role in the workspace; [what it may](roles.md).',
      last_seen_at: 'When they were last connected.',
      deactivated_at: 'Since when nobody can sign in with the account; null while it is in use.',
      created_at: 'When the account was made.',
      updated_at: 'When anything of it changed last.',
      status: 'Presence that they chose.',
      status_text: 'Words beside it.',
      status_emoji: 'Emoji beside it.',
      status_expires_at: 'When the status goes back to `ONLINE` without words; null for never.',
    },
    indexes: {
      users_lower_email: 'One account for an address, however it is spelt; signing in.',
      users_name: 'The list of people, by name.',
      users_last_seen_at: 'For questions of administrators: who was not here for long.',
      users_status: 'For questions of administrators: who is away.',
      users_status_expires_at: 'Statuses that end now.',
      users_being_erased: 'Erasures that are not at their end yet.',
    },
  },
  accounts: {
    about: 'A way to sign in: a password, or an account elsewhere.',
    writers: [BETTER_AUTH, 'server/commands/accounts.ts', CLAIM, PROVEN, ERASE, MANAGE],
    columns: {
      id: 'Id of the way.',
      user_id: 'Whose it is.',
      account_id: "The person's id at the provider; for a password, their id here.",
      provider_id: '`credential` for a password, else the name of the provider.',
      password: 'Salted scrypt hash; null without a password.',
      access_token: NO_KEY,
      refresh_token: 'Always null, as `access_token`.',
      id_token: 'Always null, as `access_token`.',
      access_token_expires_at: 'Always null, as `access_token`.',
      refresh_token_expires_at: 'Always null, as `access_token`.',
      scope: 'What the provider was asked for.',
      created_at: 'When it was added.',
      updated_at: 'When it changed last.',
    },
    indexes: { accounts_user_id: 'All ways of a person.' },
  },
  sessions: {
    about:
      'A browser that is signed in. Deleting a row ends it, but not on open connections: use the commands.',
    writers: [
      BETTER_AUTH,
      'server/auth/create-authenticate.ts',
      'server/auth/write-hooks.ts',
      DEACTIVATE,
      ERASE,
      MANAGE,
    ],
    columns: {
      id: 'Id of the session.',
      user_id: 'Who is signed in.',
      token: 'What the cookie carries, a secret: never show it to anybody.',
      ip_address: 'Where it was begun from.',
      user_agent: 'What the browser calls itself.',
      expires_at: 'When it ends by itself.',
      created_at: 'When it was begun.',
      updated_at: 'When it was last used, to the minute.',
    },
    indexes: { sessions_user_id: 'All sessions of a person, to list and to end them.' },
  },
  verification_tokens: {
    about:
      'Links that were sent or handed out and can be followed once: to confirm, to claim, to reset. Also what such a link is bound to: a way through a provider, the browser in which somebody signed up.',
    writers: [BETTER_AUTH, CLAIM, 'server/auth/sign-up-proof.ts', ERASE],
    columns: {
      id: 'Id of the link.',
      identifier: 'What it is for, and whom.',
      value: 'What belongs to it.',
      expires_at: 'Until when it can be followed.',
      created_at: 'When it was made.',
      updated_at: 'When it changed last.',
    },
    indexes: {
      verification_tokens_identifier: 'Following a link.',
    },
  },
  personal_access_tokens: {
    about:
      'Tokens with which programs act for a person. The token itself is shown once and kept nowhere.',
    writers: [
      'server/commands/tokens.ts',
      'server/auth/create-authenticate.ts',
      PROVEN,
      DEACTIVATE,
      ERASE,
    ],
    columns: {
      id: 'Id of the token.',
      user_id: 'For whom it acts.',
      name: 'What its maker calls it.',
      token_hash: 'SHA-256 of the token.',
      expires_at: 'When it ends; null for never.',
      last_used_at: 'When it was last used; null for never.',
      created_at: 'When it was made.',
    },
    indexes: { personal_access_tokens_user_id: 'All tokens of a person.' },
  },
  user_preferences: {
    about: 'What somebody wishes to be told of, and how.',
    writers: ['server/commands/update-preferences.ts', ERASE],
    columns: {
      user_id: 'Whose wishes.',
      notify_replies: 'Replies in threads that they take part in: 1 or 0.',
      notify_reactions: 'Reactions to what they wrote: 1 or 0.',
      push_enabled: 'Web Push: 1 or 0.',
      email_enabled: 'E-mail while they are away: 1 or 0.',
      urgent_enabled: 'Whether messages are judged for urgency: 1 or 0.',
      dnd_end_minute: 'Where that ends.',
      time_zone: 'IANA name of their time zone.',
      updated_at: 'When they changed last.',
    },
    indexes: {
      user_preferences_notify_all:
        'Whoever wants to hear of everything, without a look at everybody.',
      user_preferences_keywords: 'Whoever has keywords, without a look at everybody.',
    },
  },
}
