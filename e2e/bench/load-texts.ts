/**
 * The texts of the load: real ones where the machine has them, else seeded ones of the same
 * distribution of lengths (median 84 characters, p99 2,577), with words as unevenly common as those
 * of a language.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { createSeededRandom, type SeededRandom } from '../testing/seeded-random.ts'

export interface LoadTexts {
  texts: readonly string[]
  source: 'chat-sample.jsonl.gz' | 'synthetic'
}

const samplePath = join(import.meta.dirname, '../../../shared/data/chat-sample.jsonl.gz')
const lineSchema = z.object({ text: z.string() })
const COUNT = 5_000
const SEED = 1
/** Longer ones are not refused by the baselines, but are by the records' schema. */
const MAX_LENGTH = 15_000

export function readLoadTexts(): LoadTexts {
  const random = createSeededRandom(SEED)
  if (!existsSync(samplePath)) {
    return { texts: Array.from({ length: COUNT }, () => makeText(random)), source: 'synthetic' }
  }
  const lines = gunzipSync(readFileSync(samplePath)).toString().trim().split('\n')
  const texts: string[] = []
  // Every process of a benchmark does this: no line is parsed that is not taken.
  while (texts.length < COUNT) {
    const line = lines[random.below(lines.length)] ?? ''
    const text = lineSchema.parse(JSON.parse(line)).text.slice(0, MAX_LENGTH)
    if (text.trim() !== '') texts.push(text)
  }
  return { texts, source: 'chat-sample.jsonl.gz' }
}

const MEDIAN = 84
const P99 = 2_577
/** How many standard deviations the 99th percentile of a normal distribution lies out. */
const P99_DEVIATIONS = 2.326
const WORDS = [
  'the',
  'server',
  'build',
  'is',
  'failing',
  'again',
  'on',
  'main',
  'I',
  'think',
] as const

/** Lengths of messages are distributed about log-normally. */
export function makeText(random: SeededRandom): string {
  const deviation = Math.log(P99 / MEDIAN) / P99_DEVIATIONS
  const length = Math.exp(Math.log(MEDIAN) + deviation * normal(random))
  const end = Math.max(1, Math.min(MAX_LENGTH, Math.round(length)))
  let text = ''
  while (text.length < end) text += `${pickWord(random)} `
  return text.slice(0, end)
}

const VOCABULARY = 20_000
const PRECISION = 1_000_000

/** By Zipf's law: a word is as rare as its rank is high. */
function pickWord(random: SeededRandom): string {
  const rank = Math.floor(VOCABULARY ** (random.below(PRECISION) / PRECISION)) - 1
  return WORDS[rank] ?? inventWord(rank)
}

const CONSONANTS = 'bdfgklmnprstvz'
const VOWELS = 'aeiou'

/** One word for each rank, of syllables. */
function inventWord(rank: number): string {
  let word = ''
  for (let rest = rank; rest > 0;) {
    word += CONSONANTS.charAt(rest % CONSONANTS.length)
    rest = Math.floor(rest / CONSONANTS.length)
    word += VOWELS.charAt(rest % VOWELS.length)
    rest = Math.floor(rest / VOWELS.length)
  }
  return word
}

/** Normally distributed, by Box and Muller. */
function normal(random: SeededRandom): number {
  const uniform = (): number => (random.below(PRECISION) + 1) / (PRECISION + 1)
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}
