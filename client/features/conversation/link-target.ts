/** Where a link in a message leads, and whether its text says so. Pure. */

export interface LinkTarget {
  href: string
  /** What must stand beside the text, since the text does not show it; empty where it does. */
  place: string
}

/** Undefined for what is no address of its own, such as scripts and parts of this app. */
export function linkTarget(href: string, text: string): LinkTarget | undefined {
  const url = parseUrl(href)
  if (url === undefined) return undefined
  const place = url.protocol === 'mailto:' ? decode(url.pathname) : url.host
  const shown = text.trim()
  const candidates = [shown, `http://${shown}`, `https://${shown}`, `mailto:${shown}`]
  const isSame = candidates.some((each) => parseUrl(each)?.href === url.href)
  // Letters of other scripts that look like ours, and names before an @, are no place.
  const isShown = isSame && url.username === '' && shown.toLowerCase().includes(place.toLowerCase())
  return { href: url.href, place: isShown ? '' : place }
}

const PROTOCOLS = new Set(['http:', 'https:', 'mailto:'])

function parseUrl(text: string): URL | undefined {
  const url = URL.parse(text)
  return url !== null && PROTOCOLS.has(url.protocol) ? url : undefined
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path // broken escapes are shown as they are
  }
}
