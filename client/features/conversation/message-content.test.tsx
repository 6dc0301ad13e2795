import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { MessageContent } from './message-content.tsx'

test('a line break is a line break, in paragraphs and in tight and loose lists', () => {
  expect(render('one\ntwo')).toBe('<p>one<br/>\ntwo</p>')
  expect(render('- one\n  two\n- three')).toContain('<li>one<br/>\ntwo</li>')
  expect(render('- one\n\n- two')).toContain('<p>one</p>')
})

test('a link without an address of its own is plain text, and others say where they lead', () => {
  expect(render('[run](javascript:alert(1))')).toBe('<p>run</p>')
  expect(render('[home](/)')).toBe('<p>home</p>')
  const bank = render('[https://bank.example](https://evil.example)')
  expect(bank).toContain('href="https://evil.example/"')
  expect(bank).toContain('(evil.example)')
  expect(render('see https://bank.example/')).not.toContain('(')
})

test('a picture is a link to it, and stands in no other link', () => {
  expect(render('![a cat](https://x.example/cat.png)')).toMatch(/<a [^>]*cat.png[^>]*>a cat<span/)
  const nested = render('[![a cat](https://x.example/cat.png)](https://y.example)')
  expect(nested.match(/<a /g)).toHaveLength(1)
  expect(nested).toContain('a cat')
  expect(nested).not.toContain('<img')
})

test('no message adds a heading or an id to the page', () => {
  const titles = render('# one\n\n###### six\n\nseven\n=====')
  expect(titles).not.toMatch(/<h\d/)
  for (const title of ['one', 'six', 'seven']) expect(titles).toContain(`>${title}</p>`)
  const notes = render('word[^1]\n\n[^1]: what it *means*')
  expect(notes).not.toMatch(/ id=|<h\d|<section|<a /)
  expect(notes).toContain('word[^1]')
  expect(notes).toContain('<p>[^1]: what it <em>means</em></p>')
})

/** What is inside the frame of the content. */
function render(content: string): string {
  return renderToStaticMarkup(<MessageContent content={content} />)
    .replace(/^<div[^>]*>/, '')
    .replace(/<\/div>$/, '')
}
