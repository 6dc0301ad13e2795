/** Mentions between what people type, `@Name`, and what is stored, `<@userId>`. Pure. */
import { userIdSchema, type UserId } from '../../../shared/ids.ts'

export type MentionPart =
  | { kind: 'text'; text: string }
  | { kind: 'person'; userId: UserId }
  | { kind: 'group'; group: 'channel' | 'here' }

const STORED = /<@([0-9a-f-]{36}|channel|here)>/g
const GROUPS = new Map([
  ['channel', 'channel'],
  ['here', 'here'],
] as const)

/** Cuts stored content at its mentions. */
export function splitMentions(content: string): MentionPart[] {
  const parts: MentionPart[] = []
  let end = 0
  for (const match of content.matchAll(STORED)) {
    const part = parseMention(match[1] ?? '')
    if (part === undefined) continue
    if (match.index > end) parts.push({ kind: 'text', text: content.slice(end, match.index) })
    parts.push(part)
    end = match.index + match[0].length
  }
  if (end < content.length) parts.push({ kind: 'text', text: content.slice(end) })
  return parts
}

function parseMention(target: string): MentionPart | undefined {
  if (target === 'channel' || target === 'here') return { kind: 'group', group: target }
  const userId = userIdSchema.safeParse(target)
  return userId.success ? { kind: 'person', userId: userId.data } : undefined
}

/** Code blocks, code spans and web addresses: an @ in these is not ours to read. */
const VERBATIM = [
  /^ {0,3}(?<fence>`{3,}|~{3,})[^\n`]*(?:\n(?! {0,3}\k<fence>[`~]*[ \t]*$).*)*(?:\n.*)?/,
  /(?<![`\\])(?<ticks>`+)(?!`)(?:(?!\n[ \t]*\n)[\s\S])*?(?<!`)\k<ticks>(?!`)/,
  /https?:\/\/\S+/,
].map(({ source }) => source)

/** Turns typed names into stored mentions; longer names first, since one may begin another. */
export function storeMentions(text: string, mentions: Readonly<Record<string, string>>): string {
  const targets = new Map([...GROUPS, ...Object.entries(mentions)])
  const names = [...targets.keys()].toSorted((one, other) => other.length - one.length)
  // Within an e-mail address the @ follows a letter.
  const named = `(?<![\\p{L}\\p{N}_.])@(${names.map(escape).join('|')})(?![\\p{L}\\p{N}_])`
  const pattern = new RegExp([...VERBATIM, named].join('|'), 'gmu')
  return text.replaceAll(pattern, (typed, _fence, _ticks, name: string | undefined) => {
    const target = name === undefined ? undefined : targets.get(name)
    return target === undefined ? typed : `<@${target}>`
  })
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

/** The name that is being typed after an @ right before the cursor; undefined when none is. */
export function typedName(text: string, cursor: number): string | undefined {
  return /(?:^|[\s(])@([\p{L}\p{N}_.'-]*)$/u.exec(text.slice(0, cursor))?.[1]
}

/** Content as one would say it, for copying and reading aloud: names instead of ids. */
export function plainText(content: string, nameOf: (userId: UserId) => string): string {
  return splitMentions(content)
    .map((part) => {
      if (part.kind === 'text') return part.text
      return `@${part.kind === 'group' ? part.group : nameOf(part.userId)}`
    })
    .join('')
}

/** Turns stored mentions back into names, for editing; answers whom the names mean. */
export function typeMentions(
  content: string,
  nameOf: (userId: UserId) => string,
): { text: string; mentions: Record<string, string> } {
  const mentions: Record<string, string> = {}
  const text = splitMentions(content)
    .map((part) => {
      if (part.kind === 'text') return part.text
      if (part.kind === 'group') return `@${part.group}`
      const name = nameOf(part.userId)
      // Two people of one name cannot be told apart by it: the id stays.
      if ((mentions[name] ?? part.userId) !== part.userId) return `<@${part.userId}>`
      mentions[name] = part.userId
      return `@${name}`
    })
    .join('')
  return { text, mentions }
}
