/**
 * The built-in judge of urgency: adds up what a message and its context show, and answers a number
 * from 0 to 1. It understands nothing; each of its reasons is a line below. Pure.
 */
import type { UrgencyQuestion } from './urgency-question.ts'
import { urgencySigns } from './urgency-signs.ts'

const weights = {
  toOnePerson: 0.05,
  questionToOnePerson: 0.1,
  leads: 0.1,
  stranger: -0.4,
  shouting: 0.1,
  repeated: 0.3,
  insisting: 0.2,
}

const INSISTING_SECONDS = 600
const MIN_SHOUTED_LETTERS = 6
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g
const QUOTED = /^>.*$/gm
const VERBATIM = /<@[^>]*>|https?:\/\/\S+/g
/** Words that are spoken about. */
const CITED = /"[^"\n]{1,60}"|“[^”\n]{1,60}”|«[^»\n]{1,60}»/g
/** Where the word is part of a name for something that is there every day. */
const COMPOUND =
  /(?<!\p{L})(?:emergency (?:admissions?|broadcasts?|contacts?|exits?|kits?|medicine|numbers?|plans?|powers?|procedures?|rooms?|services?)|urgent (?:care|flags?|business))(?!\p{L})/gu

/** See `weights` and `urgencySigns`; 0.5 and more is urgent. */
export function scoreUrgency(question: UrgencyQuestion): number {
  const plain = question.text
    .replaceAll(CODE, ' ')
    .replaceAll(QUOTED, ' ')
    .replaceAll(VERBATIM, ' ')
    .replaceAll(CITED, ' ')
  const text = fold(plain).replaceAll(COMPOUND, ' ')
  const shown = urgencySigns.filter(({ pattern }) => pattern.test(text)).map(({ weight }) => weight)
  const sum = [...shown, ...contextOf(question, text, plain)].reduce((one, other) => one + other, 0)
  return Math.round(Math.min(1, Math.max(0, sum)) * 100) / 100
}

function contextOf(question: UrgencyQuestion, text: string, plain: string): number[] {
  const { isToOnePerson, relation, earlier } = question
  const found: number[] = []
  if (isToOnePerson) found.push(weights.toOnePerson)
  if (isToOnePerson && text.includes('?')) found.push(weights.questionToOnePerson)
  if (relation === 'leads') found.push(weights.leads)
  if (relation === 'stranger') found.push(weights.stranger)
  const letters = plain.replaceAll(/[^\p{L}]/gu, '')
  if (
    letters.length >= MIN_SHOUTED_LETTERS &&
    letters === letters.toUpperCase() &&
    letters !== letters.toLowerCase()
  ) {
    found.push(weights.shouting)
  }
  if (earlier.some((before) => isRepetition(fold(before.text), text))) found.push(weights.repeated)
  const insistent = earlier.filter(({ secondsBefore }) => secondsBefore <= INSISTING_SECONDS)
  if (insistent.length >= 2) found.push(weights.insisting)
  return found
}

/** The same again, or the same with more to it. */
function isRepetition(before: string, text: string): boolean {
  const bare = (value: string): string => value.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()
  return bare(before).length > 3 && bare(text).startsWith(bare(before))
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim()
}
