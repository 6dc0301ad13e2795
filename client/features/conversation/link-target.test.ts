import { expect, test } from 'vitest'
import { linkTarget } from './link-target.ts'

test.for([
  ['https://example.test/a?b#c', 'https://example.test/a?b#c'],
  ['https://example.test/', 'https://example.test'],
  ['http://www.example.test/', 'www.example.test'],
  ['https://example.test/%C3%A4', 'https://example.test/ä'],
  ['mailto:bo@example.test', 'bo@example.test'],
])('a link whose text is its address needs no more: %s', ([href = '', text = '']) => {
  expect(linkTarget(href, text)?.place).toBe('')
})

test.for([
  ['https://evil.example/', 'https://bank.example', 'evil.example'],
  ['https://evil.example/', 'the bank', 'evil.example'],
  ['https://evil.example/bank.example', 'bank.example', 'evil.example'],
  ['https://bank.example@evil.example/', 'https://bank.example@evil.example/', 'evil.example'],
  ['https://bank.example:8443/', 'https://bank.example', 'bank.example:8443'],
  ['https://xn--bnk-7cd.example/', 'https://bаnk.example', 'xn--bnk-7cd.example'],
  ['mailto:evil@example.test', 'bo@example.test', 'evil@example.test'],
])('a link says where it leads when its text does not: %s', ([href = '', text = '', place]) => {
  expect(linkTarget(href, text)?.place).toBe(place)
})

test.for(['', 'javascript:alert(1)', 'data:text/html,x', '/channels/1', '#top', 'https://'])(
  'what is no address of the web or of a person is no link: %s',
  (href) => expect(linkTarget(href, 'text')).toBeUndefined(),
)
