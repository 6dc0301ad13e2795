/**
 * All that a Slack message says, as one Markdown text: its own words, what is attached to it, and
 * its files as links. Pure.
 */
import { toCleanText } from '../text/clean-text.ts'
import { textOfBlocks } from './block-text.ts'
import { mrkdwnToMarkdown } from './mrkdwn-to-markdown.ts'
import { decodeEntities, type MrkdwnNames } from './mrkdwn-tokens.ts'
import type { SlackAttachment, SlackFile, SlackMessage } from './slack-records.ts'
import { escapeText, writeLink } from './write-inline.ts'

/** The Markdown of a message; empty when it says nothing at all. */
export function contentOf(message: SlackMessage, names: MrkdwnNames): string {
  const ownText = message.text ?? ''
  const blockText =
    ownText.trim() === '' && message.blocks !== undefined ? textOfBlocks(message.blocks) : ''
  const text = mrkdwnToMarkdown(blockText || ownText, names).trim()
  const said = message.subtype === 'me_message' && text !== '' ? asAction(text) : text
  const attachments = (message.attachments ?? []).map((one) => attachmentOf(one, names))
  const files = [...(message.files ?? []), ...(message.file ? [message.file] : [])]
    // Old exports already name a shared file, with its link, in the text.
    .filter(({ permalink }) => permalink === undefined || !ownText.includes(permalink))
    .map(fileOf)
  return [said, ...attachments, files.join('\n')].filter((part) => part !== '').join('\n\n')
}

/** `/me waves` is shown in italics. */
function asAction(text: string): string {
  return /[\n*_`<[]/.test(text) ? text : `_${text}_`
}

function attachmentOf(attachment: SlackAttachment, names: MrkdwnNames): string {
  const { pretext, author_name, title, title_link, from_url, text, fields, image_url, footer } =
    attachment
  const convert = (value: string | undefined): string =>
    value === undefined ? '' : mrkdwnToMarkdown(value, names).trim()
  const link = title_link ?? from_url
  const heading = plain(title)
  const body = [
    plain(author_name),
    heading === '' || link === undefined ? heading : writeLink(link, plainText(title)),
    convert(text),
    ...(fields ?? []).map((field) =>
      [plain(field.title), convert(field.value)].filter((part) => part !== '').join(': '),
    ),
    image_url === undefined ? '' : writeLink(image_url, undefined),
    plain(footer),
  ].filter((part) => part !== '')
  const before = convert(pretext)
  if (before === '' && body.length === 0) return convert(attachment.fallback)
  const quoted = body
    .join('\n')
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
  return [before, quoted.join('\n')].filter((part) => part !== '').join('\n\n')
}

function fileOf(file: SlackFile): string {
  if (file.mode === 'tombstone') return '(a file that was deleted)'
  if (file.mode === 'hidden_by_limit') return '(a file that Slack no longer shows)'
  const name = plainText(file.title || file.name) || file.id || 'file'
  const url = file.permalink ?? file.url_private
  return url === undefined ? `(file: ${escapeText(name)})` : writeLink(withoutSecret(url), name)
}

/** An export's private links carry a token that opens every file of the workspace. */
function withoutSecret(url: string): string {
  return url.replace(/([?&])t=[^&#]*(&|(?=#|$))/, (_whole, start: string, end: string) =>
    end === '&' ? start : '',
  )
}

function plainText(text: string | undefined): string {
  return decodeEntities(toCleanText(text ?? '')).trim()
}

function plain(text: string | undefined): string {
  return escapeText(plainText(text))
}
