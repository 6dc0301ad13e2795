/** Whom a message's content names: `<@userId>`, `<@channel>`, `<@here>`. Pure. */
import { userIdSchema, type UserId } from '../ids.ts'

export const mentionGroups = ['channel', 'here'] as const
export type MentionGroup = (typeof mentionGroups)[number]

export interface Mentions {
  userIds: ReadonlySet<UserId>
  groups: ReadonlySet<MentionGroup>
}

const MENTION = /<@([0-9a-f-]{36}|channel|here)>/g
const FENCE = /^ {0,3}(`{3,}|~{3,})/

/** Mentions in code are talk of mentions: they name nobody, as on the screen. */
export function readMentions(content: string): Mentions {
  const userIds = new Set<UserId>()
  const groups = new Set<MentionGroup>()
  if (!content.includes('<@')) return { userIds, groups }
  for (const [, target] of withoutCode(content).matchAll(MENTION)) {
    if (target === 'channel' || target === 'here') groups.add(target)
    else {
      const userId = userIdSchema.safeParse(target)
      if (userId.success) userIds.add(userId.data)
    }
  }
  return { userIds, groups }
}

/** Leaves out fenced blocks and code spans, in time that grows with the length alone. */
function withoutCode(content: string): string {
  if (!/[`~]/.test(content)) return content
  const kept: string[] = []
  let fence: string | undefined
  for (const line of content.split('\n')) {
    const mark = FENCE.exec(line)?.[1]
    if (
      fence === undefined &&
      mark !== undefined &&
      !line.slice(line.indexOf(mark) + mark.length).includes('`')
    )
      fence = mark
    else if (fence !== undefined && mark?.startsWith(fence) === true && line.trim() === mark)
      fence = undefined
    else if (fence === undefined) kept.push(line)
  }
  // A code span ends within its paragraph.
  return kept
    .join('\n')
    .split(/\n[ \t]*\n/)
    .map(withoutSpans)
    .join('\n\n')
}

/** A span goes from a run of backticks to the next run of the same length. */
function withoutSpans(paragraph: string): string {
  const runs = [...paragraph.matchAll(/`+/g)]
  const startsByLength = Map.groupBy(runs, ([run]) => run.length)
  let kept = ''
  let at = 0
  for (const { 0: run, index } of runs) {
    if (index < at || paragraph[index - 1] === '\\') continue
    const same = startsByLength.get(run.length)
    while (same?.[0] !== undefined && same[0].index <= index) same.shift()
    const end = same?.[0]?.index
    if (end === undefined) continue
    kept += paragraph.slice(at, index)
    at = end + run.length
  }
  return kept + paragraph.slice(at)
}
