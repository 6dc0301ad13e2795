import { expect, test } from 'vitest'
import { deviceNameOf } from './device-name.ts'

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit'
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15'
const CHROME = '537.36 (KHTML, like Gecko) Chrome/140.0.0.0'

test.each([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0',
    'Firefox on Windows',
  ],
  [`Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/${CHROME} Safari/537.36`, 'Chrome on Linux'],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/${CHROME} Safari/537.36`,
    'Chrome on ChromeOS',
  ],
  [
    `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/${CHROME} Mobile Safari/537.36`,
    'Chrome on Android',
  ],
  [`${MAC}/${CHROME} Safari/537.36 Edg/140.0.0.0`, 'Edge on macOS'],
  [`${MAC}/${CHROME} Safari/537.36 OPR/120.0.0.0`, 'Opera on macOS'],
  [`${MAC}/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15`, 'Safari on macOS'],
  [`${IPHONE} (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1`, 'Safari on iPhone'],
  [`${IPHONE} (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1`, 'Chrome on iPhone'],
  [`${IPHONE} (KHTML, like Gecko) FxiOS/142.0 Mobile/15E148 Safari/605.1.15`, 'Firefox on iPhone'],
  ['curl/8.14.1', 'curl'],
  ['my-bot/1.2 (+https://bots.test)', 'my-bot'],
  ['node', 'node'],
  ['Mozilla/5.0', 'Unknown device'],
  ['', 'Unknown device'],
  [null, 'Unknown device'],
  ['x'.repeat(5_000), 'x'.repeat(40)],
])('a browser or program that calls itself %s is shown as %s', (userAgent, name) => {
  expect(deviceNameOf(userAgent)).toBe(name)
})
