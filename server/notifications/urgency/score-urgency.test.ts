import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { scoreUrgency } from './score-urgency.ts'
import { URGENT_SCORE, type UrgencyQuestion } from './urgency-question.ts'

const labelledSchema = z.strictObject({
  talk: z.string(),
  urgent: z.boolean(),
  text: z.string(),
  to: z.literal('one').optional(),
  relation: z.enum(['leads', 'stranger']).optional(),
  earlier: z.array(z.tuple([z.string(), z.number()])).default([]),
})

type Labelled = z.infer<typeof labelledSchema>

function readLabelled(kind: string): Labelled[] {
  return readFileSync(join(import.meta.dirname, `${kind}-messages.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => labelledSchema.parse(JSON.parse(line)))
}

const known = readLabelled('known')
const heldOut = readLabelled('held-out')
const later = readLabelled('later')

interface Figures {
  precision: number
  recall: number
}

/** Of what was called urgent, how much was; and of what was urgent, how much was called so. */
function figuresOf(messages: readonly Labelled[]): Figures {
  const judged = messages.map(({ urgent, text, to, relation, earlier }) => {
    const before = earlier.map(([said, secondsBefore]) => ({ text: said, secondsBefore }))
    const question: UrgencyQuestion = {
      text,
      isToOnePerson: to === 'one',
      relation: relation ?? 'knows',
      earlier: before,
    }
    return { urgent, isCalled: scoreUrgency(question) >= URGENT_SCORE }
  })
  const right = judged.filter(({ urgent, isCalled }) => urgent && isCalled).length
  const percentOf = (whole: typeof judged): number => Math.round((right / whole.length) * 100)
  return {
    precision: percentOf(judged.filter(({ isCalled }) => isCalled)),
    recall: percentOf(judged.filter(({ urgent }) => urgent)),
  }
}

describe('the built-in judge of urgency', () => {
  test('is measured on many messages of several kinds of talk, each of them there once', () => {
    const all = [...known, ...heldOut, ...later]
    expect(known.length).toBeGreaterThanOrEqual(300)
    expect(heldOut.length).toBeGreaterThanOrEqual(100)
    for (const messages of [known, heldOut]) {
      expect(new Set(messages.map(({ talk }) => talk)).size).toBeGreaterThanOrEqual(15)
    }
    expect(new Set(all.map(({ text, earlier }) => JSON.stringify([text, earlier]))).size).toBe(
      all.length,
    )
  })

  test('is as good as the documentation says, on messages that its rules were made with and on others', () => {
    const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
    const kinds = { known, 'held out': heldOut, 'written afterwards': later }
    for (const [kind, messages] of Object.entries(kinds)) {
      const { precision, recall } = figuresOf(messages)
      const row = `${kind} ${messages.length} ${precision} % ${recall} %`
      expect(readme.replaceAll(/[ |]+/g, ' ')).toContain(row)
    }
  })

  const calm: UrgencyQuestion = {
    text: 'where is the report?',
    isToOnePerson: false,
    earlier: [],
    relation: 'knows',
  }
  const scoreOf = (changes: Partial<UrgencyQuestion>): number =>
    scoreUrgency({ ...calm, ...changes })

  test('weighs the context beside the words', () => {
    const again = [{ text: 'Where is the report', secondsBefore: 200 }]
    const raised = [
      scoreOf({ isToOnePerson: true }),
      scoreOf({ relation: 'leads' }),
      scoreOf({ earlier: again }),
      scoreOf({ text: 'WHERE IS THE REPORT?' }),
    ]
    for (const score of raised) expect(score).toBeGreaterThan(scoreOf({}))
    const urgent = 'the server is down, call me now!'
    expect(scoreOf({ text: urgent, relation: 'stranger' })).toBeLessThan(scoreOf({ text: urgent }))
    expect(scoreOf({ text: `${urgent} no rush` })).toBeLessThan(scoreOf({ text: urgent }))
  })

  test('needs more than one sign of the lighter half', () => {
    const [trouble, order] = ['the key of the shed is missing', 'call me']
    expect(scoreOf({ text: trouble })).toBeLessThan(URGENT_SCORE)
    expect(scoreOf({ text: order })).toBeLessThan(URGENT_SCORE)
    expect(scoreOf({ text: `${trouble}, ${order}` })).toBeGreaterThanOrEqual(URGENT_SCORE)
  })

  test('knows words that end in letters of other alphabets than the English', () => {
    for (const text of ['le serveur est tombé', 'il est blessé', 'se cayó, está herido']) {
      expect(scoreOf({ text: `${text}!` })).toBeGreaterThan(scoreOf({ text: 'il est arrivé!' }))
    }
  })

  test('reads no urgency out of code, quotations and addresses', () => {
    const talk = [
      '`urgent asap`',
      '```\nemergency\n```',
      '> call me right now',
      'https://urgent.test/asap',
      'the mail said "urgent, act at once"',
    ]
    expect(talk.map((text) => scoreOf({ text }))).toEqual([0, 0, 0, 0, 0])
  })

  test('stays between 0 and 1, and quick, whatever it is given', () => {
    const hostile = [
      'urgent '.repeat(2_000),
      '`'.repeat(16_000),
      'alarm '.repeat(2_600),
      'server '.repeat(2_200),
      'a-'.repeat(8_000),
      'n.'.repeat(8_000),
      'no rush',
      '',
    ]
    for (const text of hostile) {
      const score = scoreOf({ text, earlier: [{ text, secondsBefore: 1 }] })
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThanOrEqual(1)
    }
  })
})
