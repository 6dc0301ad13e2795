/**
 * The built-in judge of urgency: adds up what a message and its context show, and answers a number
 * from 0 to 1. It understands nothing; each of its reasons is a line below. Pure.
 */
import type { UrgencyQuestion } from './urgency-question.ts'

/** What a text shows, and how much each kind of it weighs. Each kind counts once. */
const signs: readonly { weight: number; pattern: RegExp }[] = [
  // Words that say it outright.
  {
    weight: 0.55,
    pattern:
      /\b(urgent(ly|e)?|asap|emergency|immediately|right (now|away)|at once|as soon as you|sev ?[01]|p[01]\b|evacuate|first aider|ambulances?|no pulse|bleeding|attack in progress|sofort|dringend|notfall|tout de suite|ahora mismo|cuanto antes)\b|紧急|马上|立刻|至急|緊急|大至急/u,
  },
  // Something does harm while this is read.
  {
    weight: 0.5,
    pattern:
      /\b((is|are|went|being) (down|out|leaking|failing|broken|dropping|deleting|running over)|leak(s|ing)|outage|data loss|breach|hacked|crash(ed|ing)|broke down|(alarm|smell)\b.*\b(floor|room|lab)|fainted|accident|allergic|missing from|locked out|coming through|power is out|wrong (label|pallets|page|branch)|recall|stands in a jam|(keeps|cooling|restore|upload|batch|renewal) fail(s|ed|ing)?|fails at|does not work|en panne|ausgefallen|caído)\b|宕机|落ちてい/u,
  },
  // Time is running out.
  {
    weight: 0.4,
    pattern:
      /\b(within the (next )?hour|in (the next )?(few|\d+|five|ten|fifteen|twenty|thirty) (more )?min(ute)?s?\b|for ten more minutes|(starts|closes|expires|leaves|arriving|is) in \d+ min|(noon|tonight|today) by|by (noon|five|\d{1,2} ?(am|pm|:\d\d)|eod|end of day|tonight)|noon today|today if|before the (call|meeting|demo|border|bell|train)|before \d|seats? (are|is) left)/u,
  },
  // Somebody is asked to act, and now.
  {
    weight: 0.3,
    pattern:
      /\b(help!|(need|wants?) (help|you|her|him|them|your|another)\b|call me|please call|please come|can you come|pick (me )?up|roll back|stop (it|the)|turn (it|them) off|take (it|them) off(line)?|revoke|all hands|join the call|let us in|everybody please|rebook|answer now)/u,
  },
  // Somebody waits.
  {
    weight: 0.25,
    pattern:
      /\b((is|are|we are|everybody is) waiting|waiting for you|on the line|blocked|stuck|wartet|attend|where are you|are you (there|coming)|who has the|nobody (answers|calls)|now)\b/u,
  },
  { weight: 0.12, pattern: /!{2,}|\?{2,}|!\?|\?!|!$/u },
  // It can wait, or somebody says so.
  {
    weight: -0.7,
    pattern:
      /\b(no (rush|hurry|stress)|not urgent|nothing urgent|when(ever)? (you|it)|get a chance|some (day|time)|next (week|month|year|quarter|term)|fyi|kein stress|nächste woche|pas urgent|sin prisa|cuando puedas|quand tu)\b|不急|有空/u,
  },
  // It is over, or it is about something else.
  {
    weight: -0.5,
    pattern:
      /\b(was (down|fixed|fine|last)|is (fixed|done|over)|went (home|well)|back (up|on)|all clear|false alarm|resolved|found, thanks|green again|yesterday|last (week|night|year|month)|(fire|outage) drill|only a test|reminder|behoben|gestern|hier soir)\b/u,
  },
  {
    weight: -0.5,
    pattern:
      /\b(urgent (care|flag|business)|emergency (contact|medicine|broadcast)|critical (path|appraisal)|course|on fire this|is fire|what to do when|deadline for the design)\b/u,
  },
  { weight: -0.4, pattern: /\b(ha(ha)+|lol|rofl)\b|:-?[)D]|[😂🤣😄🎉]/u },
]

const weights = {
  toOnePerson: 0.05,
  questionToOnePerson: 0.15,
  leads: 0.1,
  stranger: -0.3,
  shouting: 0.1,
  repeated: 0.3,
  insisting: 0.2,
}

const INSISTING_SECONDS = 600
const MIN_SHOUTED_LETTERS = 6
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g
const QUOTED = /^>.*$/gm
const VERBATIM = /<@[^>]*>|https?:\/\/\S+/g

/** See `weights` and `signs`; 0.5 and more is urgent. */
export function scoreUrgency(question: UrgencyQuestion): number {
  const plain = question.text
    .replaceAll(CODE, ' ')
    .replaceAll(QUOTED, ' ')
    .replaceAll(VERBATIM, ' ')
  const text = fold(plain)
  const shown = signs.filter(({ pattern }) => pattern.test(text)).map(({ weight }) => weight)
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
