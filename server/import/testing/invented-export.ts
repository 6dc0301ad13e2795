/** A small invented Slack export with one of everything, for tests. */
import type { ZipContent } from './zip-files.ts'

export const someTime = 1_600_000_000

export const inventedExport: ZipContent = {
  'users.json': [
    {
      id: 'U1ADA',
      team_id: 'T1',
      name: 'ada',
      real_name: 'Ada Example',
      is_primary_owner: true,
      profile: { display_name: 'ada', email: 'Ada@Example.test', title: 'Engines' },
      something_new: { nested: [1] },
    },
    { id: 'U2BEN', team_id: 'T1', name: 'ben', deleted: true, profile: { real_name: 'Ben B' } },
    { id: 'U3BOT', name: 'helper', is_bot: true, profile: { bot_id: 'B3', real_name: 'Helper' } },
    { id: 'U9EXT', team_id: 'T9', name: 'guest', is_stranger: true, profile: null },
  ],
  'channels.json': [
    {
      id: 'C1',
      name: 'general',
      created: someTime,
      creator: 'U1ADA',
      is_archived: false,
      members: ['U1ADA', 'U2BEN'],
      topic: { value: 'Now &amp; then' },
      purpose: { value: 'Everything' },
    },
    { id: 'C2', name: 'old-things', created: String(someTime), is_archived: true, members: [] },
  ],
  'groups.json': [{ id: 'G1', name: 'secret', created: someTime, members: ['U1ADA'] }],
  'mpims.json': [
    { id: 'G2', name: 'mpdm-ada--ben--guest-1', members: ['U1ADA', 'U2BEN', 'U9EXT'] },
  ],
  'dms.json': [{ id: 'D1', created: someTime, members: ['U1ADA', 'U2BEN'] }],
  'integration_logs.json': [],
  'general/2020-09-13.json': [
    message(1, { user: 'U1ADA', subtype: 'channel_join', text: '<@U1ADA> has joined the channel' }),
    message(2, {
      user: 'U1ADA',
      text: 'Hello *world* &lt;3 <@U2BEN> <!here>',
      reactions: [
        { name: '+1::skin-tone-3', users: ['U2BEN', 'U9EXT'], count: 3 },
        { name: 'party-llama', users: ['U1ADA'], count: 1 },
      ],
    }),
    message(3, { user: 'U2BEN', text: 'A reply', thread_ts: ts(2) }),
    message(4, { user: 'U1ADA', text: 'As it was' }),
    message(5, {
      user: 'U1ADA',
      text: 'Edited once',
      edited: { user: 'U1ADA', ts: ts(60) },
    }),
    message(6, {
      subtype: 'message_changed',
      hidden: true,
      message: message(4, { user: 'U1ADA', text: 'As it is', edited: { ts: ts(6) } }),
    }),
  ],
  'general/2020-09-14.json': [
    message(100, {
      subtype: 'bot_message',
      bot_id: 'B3',
      text: '',
      attachments: [
        {
          pretext: 'Build',
          title: 'Run 1',
          title_link: 'https://ci.test/1',
          text: '*passed*',
          fields: [{ title: 'Took', value: '3 s' }],
        },
      ],
    }),
    message(101, { subtype: 'bot_message', bot_id: 'B7', username: 'Weather', text: 'Rain' }),
    message(102, {
      user: 'U7GONE',
      text: 'Nobody lists me',
      user_profile: { real_name: 'Gone Person' },
    }),
    message(103, {
      user: 'U1ADA',
      text: '',
      files: [
        {
          id: 'F1',
          name: 'plan.pdf',
          permalink: 'https://slack.test/files/F1/plan.pdf',
          url_private: 'https://files.slack.test/F1?t=xoxe-1',
        },
        { id: 'F2', name: 'b.txt', url_private: 'https://files.slack.test/F2?t=xoxe-secret' },
        { id: 'F3', mode: 'tombstone' },
      ],
    }),
    message(104, { user: 'U1ADA', text: 'An answer to what is missing', thread_ts: ts(-500) }),
    message(105, { user: 'USLACKBOT', subtype: 'tombstone', text: 'This message was deleted.' }),
    message(106, { user: 'U1ADA', text: '' }),
    message(107, { user: 'U1ADA', subtype: 'me_message', text: 'waves' }),
    message(108, { user: 'U1ADA', text: `${'long line of words\n'.repeat(2_000)}end` }),
  ],
  'secret/2020-09-13.json': [message(10, { user: 'U1ADA', text: 'psst' })],
  'D1/2020-09-13.json': [message(20, { user: 'U2BEN', text: 'Only us' })],
  'mpdm-ada--ben--guest-1/2020-09-13.json': [message(30, { user: 'U9EXT', text: 'Three of us' })],
}

/** Slack's timestamp so many seconds after the export's beginning. */
export function ts(seconds: number): string {
  return `${someTime + seconds}.000100`
}

export function message(seconds: number, fields: object): object {
  return { type: 'message', ts: ts(seconds), ...fields }
}
