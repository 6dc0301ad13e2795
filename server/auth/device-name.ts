/** What people call a browser or program, from what it says of itself: `Firefox on Windows`. */

/** The first that fits counts: browsers name others whom they want to be taken for. */
const programs: readonly (readonly [RegExp, string])[] = [
  [/\bEdgi?A?(?:OS)?\//, 'Edge'],
  [/\b(?:OPR|Opera|OPX|OPT)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
]
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMacintosh\b|\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]
const MAX_PRODUCT_LENGTH = 40

export function deviceNameOf(userAgent: string | null | undefined): string {
  const given = userAgent ?? ''
  // What a program is called by itself, such as `node` or `my-bot/1.2`.
  const product = /^[^\s/]+/.exec(given)?.[0].slice(0, MAX_PRODUCT_LENGTH)
  const fallback = product === 'Mozilla' ? undefined : product
  const program = nameIn(programs, given) ?? fallback
  const system = nameIn(systems, given)
  if (program === undefined) return system ?? 'Unknown device'
  return system === undefined ? program : `${program} on ${system}`
}

function nameIn(names: typeof programs, userAgent: string): string | undefined {
  return names.find(([pattern]) => pattern.test(userAgent))?.[1]
}
