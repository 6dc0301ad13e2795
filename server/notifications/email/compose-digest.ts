/** The e-mail about what somebody has not read: plain text, and the same as HTML. Pure. */
import type { NotificationKind } from '../../../shared/api/notifications.ts'
import type { Mail } from '../../mail/mailer.ts'

export interface DigestEntry {
  kind: NotificationKind
  actorName: string
  /** The channel's name; undefined for a DM. */
  channelName: string | undefined
  /** What the message says, with names in place of ids. */
  text: string
  isUrgent: boolean
  link: string
}

/** More than this are counted, not shown. */
const MAX_SHOWN = 20
const MAX_NAME_LENGTH = 60

const verbs: Record<NotificationKind, string> = {
  MENTION: 'mentioned you',
  GROUP_MENTION: 'wrote to everybody',
  DM: 'wrote to you',
  REPLY: 'replied',
  KEYWORD: 'used one of your words',
  MESSAGE: 'wrote',
  REACTION: 'reacted to you',
}

/** `entries` in the order in which they came; urgent ones are shown first. */
export function composeDigest(
  entries: readonly DigestEntry[],
  { publicUrl, unsubscribeUrl }: { publicUrl: string; unsubscribeUrl: string },
): Pick<Mail, 'subject' | 'text' | 'html'> {
  const sorted = entries.toSorted((one, other) => Number(other.isUrgent) - Number(one.isUrgent))
  const shown = sorted.slice(0, MAX_SHOWN)
  const hidden = entries.length - shown.length
  const rest = hidden === 0 ? [] : [`And ${hidden} more: ${publicUrl}`]
  const why = `You get this because you were away. What you are told of is up to you: ${publicUrl}`
  const end = 'Send me no more e-mail'
  const blocks = shown.map(({ text, link, ...entry }) => `${titleOf(entry)}\n${text}\n${link}`)
  const html = shown.map(
    ({ text, link, ...entry }) =>
      `<p><b>${escapeHtml(titleOf(entry))}</b><br>${escapeHtml(text).replaceAll('\n', '<br>')}<br>` +
      `<a href="${escapeHtml(link)}">Open</a></p>`,
  )
  return {
    subject: subjectOf(sorted),
    text: `${[...blocks, ...rest, why, `${end}: ${unsubscribeUrl}`].join('\n\n')}\n`,
    html: [
      ...html,
      ...[...rest, why].map((line) => `<p>${escapeHtml(line)}</p>`),
      `<p><a href="${escapeHtml(unsubscribeUrl)}">${end}</a></p>`,
    ].join('\n'),
  }
}

function subjectOf(entries: readonly DigestEntry[]): string {
  const [first] = entries
  if (first === undefined) return 'ConnectNow'
  if (entries.length === 1) return titleOf(first)
  const mark = first.isUrgent ? 'Urgent: ' : ''
  return `${mark}${entries.length} messages that you have not read`
}

function titleOf(entry: Omit<DigestEntry, 'text' | 'link'>): string {
  const { kind, actorName, channelName, isUrgent } = entry
  const place = channelName === undefined ? '' : ` in ${shorten(channelName)}`
  return `${isUrgent ? 'Urgent: ' : ''}${shorten(actorName)} ${verbs[kind]}${place}`
}

/** Names are people's own words: one line, and not all of the subject. */
function shorten(name: string): string {
  const line = name.replaceAll(/\s+/g, ' ').trim()
  return line.length > MAX_NAME_LENGTH ? `${line.slice(0, MAX_NAME_LENGTH - 1)}…` : line
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign)
}
