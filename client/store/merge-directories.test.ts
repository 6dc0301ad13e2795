import { expect, test } from 'vitest'
import { mergeDirectories } from './merge-directories.ts'

const command = (id: string, failureCount = 0) => ({
  mutationKey: ['create-channel'],
  state: { variables: { id }, failureCount },
})
const directory = (timestamp: number, queries: string[], ids: string[]): string =>
  JSON.stringify({
    buster: '1',
    timestamp,
    clientState: { queries, mutations: ids.map((id) => command(id)) },
  })

const merge = (...texts: string[]): unknown => JSON.parse(mergeDirectories(texts) ?? 'null')

test('P5 commands of every page are kept, each once, with what the newest page knew', () => {
  const merged = merge(
    directory(1, ['old'], ['one', 'both']),
    directory(3, ['new'], ['both']),
    directory(2, ['older'], ['two']),
  )
  expect(merged).toEqual({
    buster: '1',
    timestamp: 3,
    clientState: { queries: ['new'], mutations: ['both', 'two', 'one'].map((id) => command(id)) },
  })
})

test('P5 a damaged directory costs no other its commands', () => {
  expect(merge('{', directory(1, [], ['one']), '{"timestamp":2}')).toMatchObject({
    clientState: { mutations: [command('one')] },
  })
  expect(mergeDirectories(['{', ''])).toBeUndefined()
})
