import { expect, test } from 'vitest'
import { composeDigest, type DigestEntry } from './compose-digest.ts'

const entry: DigestEntry = {
  kind: 'MENTION',
  actorName: 'Ada',
  channelName: 'General',
  text: 'look at this',
  isUrgent: false,
  link: 'https://chat.test/channels/1/messages/2',
}
const links = { publicUrl: 'https://chat.test', unsubscribeUrl: 'https://chat.test/end?a=1&b="' }

test('one message is the subject itself', () => {
  const { subject, text } = composeDigest([entry], links)
  expect(subject).toBe('Ada mentioned you in General')
  expect(text).toContain('look at this\nhttps://chat.test/channels/1/messages/2')
})

test('many are counted, urgent ones come first, and those beyond twenty are not shown', () => {
  const many = Array.from({ length: 24 }, (_, index) => ({ ...entry, text: `number ${index}` }))
  const urgent = { ...entry, text: 'fire', isUrgent: true }
  const { subject, text, html } = composeDigest([...many, urgent], links)
  expect(subject).toBe('Urgent: 25 messages that you have not read')
  expect(text.indexOf('fire')).toBeLessThan(text.indexOf('number 0'))
  expect(text).toContain('number 18')
  expect(text).not.toContain('number 19')
  expect(text).toContain('And 5 more')
  expect(html?.match(/>Open</g)).toHaveLength(20)
})

test('both forms tell how to get no more of them', () => {
  const { text, html } = composeDigest([entry], links)
  expect(text).toContain('Send me no more e-mail: https://chat.test/end?a=1&b="\n')
  expect(html).toContain('<a href="https://chat.test/end?a=1&amp;b=&quot;">Send me no more e-mail')
})

test('what people wrote is text and nothing else', () => {
  const hostile = {
    ...entry,
    actorName: `<img src=x onerror=alert(1)>\r\nBcc: eve@a.test ${'x'.repeat(200)}`,
    text: '<script>alert("1")</script>\n<b>&amp;',
  }
  const { subject, html = '' } = composeDigest([hostile], links)
  expect(subject).not.toMatch(/[\r\n]/)
  expect(subject.length).toBeLessThan(150)
  expect(html).not.toMatch(/<(script|img|b>&amp;)/)
  expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;<br>&lt;b&gt;&amp;amp;')
})
