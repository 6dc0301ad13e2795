/**
 * Judges new notifications for being urgent, before anything of them is delivered. Those of one
 * message that ask the same question share one answer.
 */
import { z } from 'zod'
import type { ConversationId, UserId } from '../../../shared/ids.ts'
import { readMentions } from '../../../shared/records/mentions.ts'
import type { SqliteConnection } from '../../database/open-database.ts'
import { messageTables } from '../../projection/project-message.ts'
import { MESSAGE_CONTENT } from '../../queries/notifications.ts'
import { URGENT_SCORE, type UrgencyJudge, type UrgencyQuestion } from './urgency-question.ts'

/** Judges a number of those that wait; answers whose are urgent, undefined when none waited. */
export type JudgePending = () => Promise<readonly UserId[] | undefined>

interface Pending {
  id: string
  userId: UserId
  kind: string
  conversationKind: 'channel' | 'dm'
  conversationId: ConversationId
  messageId: string
  actorId: UserId
  createdAt: number
  content: string | null
  isWanted: number
  actorLeads: number
  hasAnswered: number
  participants: number
}

const MAX_AT_ONCE = 500
const MAX_QUESTIONS_AT_ONCE = 8
const EARLIER_MS = 30 * 60_000
const MAX_EARLIER = 5
/** What is urgent waits for no more than this before it goes out by e-mail. */
const URGENT_EMAIL_DELAY_MS = 2 * 60_000

const earlierSchema = z.array(z.object({ text: z.string(), secondsBefore: z.number() }))

export function createJudgePending(sqlite: SqliteConnection, judge: UrgencyJudge): JudgePending {
  const select = sqlite.prepare<[], Pending>(
    `SELECT n.id, n.user_id AS userId, n.kind, n.conversation_kind AS conversationKind,
       n.conversation_id AS conversationId, n.message_id AS messageId, n.actor_id AS actorId,
       n.created_at AS createdAt, ${MESSAGE_CONTENT} AS content,
       coalesce(p.urgent_enabled, 1) AS isWanted,
       actor.role IN ('OWNER', 'ADMIN') OR coalesce(cm.role IN ('OWNER', 'ADMIN'), 0) AS actorLeads,
       EXISTS (SELECT 1 FROM direct_messages AS said
         WHERE said.thread_id = n.conversation_id AND said.author_id = n.user_id) AS hasAnswered,
       (SELECT count(*) FROM direct_message_participants AS d WHERE d.thread_id = n.conversation_id)
         AS participants
     FROM notifications AS n
     LEFT JOIN users AS actor ON actor.id = n.actor_id
     LEFT JOIN channel_members AS cm
       ON cm.channel_id = n.conversation_id AND cm.user_id = n.actor_id
     LEFT JOIN user_preferences AS p ON p.user_id = n.user_id
     WHERE n.urgency_score IS NULL ORDER BY n.created_at LIMIT ${MAX_AT_ONCE}`,
  )
  const selectEarlier = {
    channel: prepareEarlier(sqlite, 'channel'),
    dm: prepareEarlier(sqlite, 'dm'),
  }
  const update = sqlite.prepare(
    'UPDATE notifications SET urgency_score = ?, is_urgent = ? WHERE id = ?',
  )
  const hasten = sqlite.prepare(
    `UPDATE notification_outbox SET next_attempt_at = min(next_attempt_at, ?)
     WHERE notification_id = ? AND medium = 'EMAIL'`,
  )

  function questionOf(pending: Pending): UrgencyQuestion {
    const { kind, conversationKind, conversationId, messageId, actorId, createdAt } = pending
    const text = pending.content ?? ''
    const mentions = readMentions(text)
    const isDmOfTwo = conversationKind === 'dm' && pending.participants === 2
    const isOnlyName =
      kind === 'MENTION' && mentions.userIds.size === 1 && mentions.groups.size === 0
    const isKnown = conversationKind === 'channel' || pending.hasAnswered === 1
    const earlier = selectEarlier[conversationKind].all({
      ...{ conversationId, messageId, actorId, createdAt },
      since: createdAt - EARLIER_MS,
    })
    return {
      text,
      isToOnePerson: isDmOfTwo || isOnlyName,
      earlier: earlierSchema.parse(earlier),
      relation: pending.actorLeads === 1 ? 'leads' : isKnown ? 'knows' : 'stranger',
    }
  }

  /** What was reacted to was said before, and who is deaf to urgency is not asked about. */
  const needsNoJudge = ({ kind, isWanted, content }: Pending): boolean =>
    kind === 'REACTION' || isWanted === 0 || content === null

  const write = sqlite.transaction((scores: readonly { pending: Pending; score: number }[]) => {
    for (const { pending, score } of scores) {
      const isUrgent = score >= URGENT_SCORE
      update.run(score, Number(isUrgent), pending.id)
      if (isUrgent) hasten.run(pending.createdAt + URGENT_EMAIL_DELAY_MS, pending.id)
    }
  })

  return async () => {
    const waiting = select.all()
    if (waiting.length === 0) return undefined
    const questions = Map.groupBy(waiting, (pending) =>
      needsNoJudge(pending)
        ? undefined
        : JSON.stringify([pending.conversationId, pending.messageId, questionOf(pending)]),
    )
    const scores = (questions.get(undefined) ?? []).map((pending) => ({ pending, score: 0 }))
    questions.delete(undefined)
    const asked = [...questions.values()]
    for (let at = 0; at < asked.length; at += MAX_QUESTIONS_AT_ONCE) {
      const answered = asked.slice(at, at + MAX_QUESTIONS_AT_ONCE).map(async (same) => {
        const [first] = same
        const score = first === undefined ? 0 : await judge(questionOf(first))
        scores.push(...same.map((pending) => ({ pending, score })))
      })
      await Promise.all(answered)
    }
    if (!sqlite.open) return undefined
    write(scores)
    return scores.filter(({ score }) => score >= URGENT_SCORE).map(({ pending }) => pending.userId)
  }
}

function prepareEarlier(sqlite: SqliteConnection, kind: Pending['conversationKind']) {
  const { table, owner } = messageTables[kind]
  return sqlite.prepare<Record<string, string | number>>(
    `SELECT content AS text, max(0, @createdAt - received_at) / 1000.0 AS secondsBefore FROM ${table}
     WHERE ${owner} = @conversationId AND author_id = @actorId AND id <> @messageId
       AND deleted_at IS NULL AND created_at BETWEEN @since AND @createdAt
     ORDER BY created_at DESC LIMIT ${MAX_EARLIER}`,
  )
}
