/**
 * Cuts one line of Slack's mrkdwn into code spans, `<…>` tokens, emoji and characters. Pure; the
 * step before emphasis is found and Markdown written.
 */

/** What names and emoji a text refers to; the texts answered are plain, not Markdown. */
export interface MrkdwnNames {
  /** The mention of a person, `<@userId>`; undefined when nothing is known of them. */
  mention: (slackUserId: string, label: string | undefined) => string | undefined
  /** What a person is called where no mention can stand, as in code. */
  personName: (slackUserId: string) => string | undefined
  channelName: (slackChannelId: string) => string | undefined
  emoji: (name: string) => string | undefined
}

export type Token =
  | { kind: 'character'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'emoji'; text: string }
  /** Goes into the Markdown as it is. */
  | { kind: 'mention'; text: string }
  | { kind: 'plain'; text: string }
  /** The beginning of an address that Slack did not make a link. */
  | { kind: 'www'; text: string }
  | { kind: 'link'; url: string; label: string | undefined }

const TOKEN =
  /`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):|&(amp|lt|gt);|(www)\.|(https?:\/\/(?:(?!&[lg]t;)[^\s<>|`*~])+)/y
/** What ends a sentence, not an address. */
const BEHIND_URL = ['&amp;', '.', ',', ';', ':', '!', '?', "'", '"', ')', ']', '_']
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>' }
const EVERYBODY: Record<string, string> = {
  here: '<@here>',
  channel: '<@channel>',
  group: '<@channel>',
  everyone: '<@channel>',
}

export function tokenize(line: string, names: MrkdwnNames): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < line.length) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(line)
    const token = match === null ? undefined : readMatch(match, names)
    if (match === null || token === undefined) {
      const character = String.fromCodePoint(line.codePointAt(at) ?? 0)
      tokens.push({ kind: 'character', text: character })
      at += character.length
    } else {
      tokens.push(token)
      at += lengthOf(match)
    }
  }
  return tokens
}

function readMatch(match: RegExpExecArray, names: MrkdwnNames): Token | undefined {
  const [, code, angle, emojiName, entity, www, url] = match
  if (code !== undefined) return { kind: 'code', text: decodeCode(code, names) }
  if (angle !== undefined) return readAngle(angle, names)
  if (entity !== undefined) return { kind: 'character', text: ENTITIES[entity] ?? '' }
  if (www !== undefined) return { kind: 'www', text: match[0] }
  if (url !== undefined) {
    return { kind: 'link', url: decodeEntities(withoutEnd(url)), label: undefined }
  }
  const emoji = emojiName === undefined ? undefined : names.emoji(emojiName)
  return emoji === undefined ? undefined : { kind: 'emoji', text: emoji }
}

/** How much of the line a match takes: of a bare address without what ends its sentence. */
function lengthOf([whole, , , , , , url]: RegExpExecArray): number {
  return url === undefined ? whole.length : withoutEnd(url).length
}

function withoutEnd(url: string): string {
  let end = url.length
  for (;;) {
    const mark = BEHIND_URL.find((one) => url.endsWith(one, end))
    if (mark === undefined) return url.slice(0, end)
    end -= mark.length
  }
}

function readAngle(content: string, names: MrkdwnNames): Token {
  const bar = content.indexOf('|')
  const target = decodeEntities(bar < 0 ? content : content.slice(0, bar))
  const label = bar < 0 ? undefined : decodeEntities(content.slice(bar + 1)) || undefined
  const rest = target.slice(1)
  if (target.startsWith('@')) {
    const mention = names.mention(rest, label)
    if (mention !== undefined) return { kind: 'mention', text: mention }
    return { kind: 'plain', text: `@${label ?? rest}` }
  }
  if (target.startsWith('#')) {
    return { kind: 'plain', text: `#${label ?? names.channelName(rest) ?? rest}` }
  }
  if (target.startsWith('!')) return readSpecial(rest, label)
  return { kind: 'link', url: target, label }
}

function readSpecial(command: string, label: string | undefined): Token {
  const mention = EVERYBODY[command]
  if (mention !== undefined) return { kind: 'mention', text: mention }
  if (command.startsWith('subteam^')) return { kind: 'plain', text: label ?? '@group' }
  return { kind: 'plain', text: label ?? command }
}

/** What Slack shows of code: entities decoded, links and mentions as the text one sees. */
export function decodeCode(code: string, names: MrkdwnNames): string {
  const visible = code.replace(/<([^<>\n]+)>/g, (_whole, content: string) => {
    const token = readAngle(content, { ...names, mention: () => undefined })
    if (token.kind === 'link') return escapeEntities(token.label ?? token.url)
    const id = /^@([A-Z0-9]+)$/.exec(content)?.[1]
    const name = id === undefined ? undefined : names.personName(id)
    if (name !== undefined) return escapeEntities(`@${name}`)
    const special = /^<@(.+)>$/.exec(token.text)?.[1]
    return escapeEntities(special === undefined ? token.text : `@${special}`)
  })
  return decodeEntities(visible)
}

/** `&amp;`, `&lt;` and `&gt;`, the only three that Slack writes, each once. */
export function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_whole, name: string) => ENTITIES[name] ?? '')
}

function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
