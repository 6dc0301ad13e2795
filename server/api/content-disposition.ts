/** A file's name -> the header `Content-Disposition` (RFC 6266), with any character (RFC 8187). Pure. */

export function formatContentDisposition(kind: 'inline' | 'attachment', name: string): string {
  // What old clients read: characters that need no quoting, and nothing that they would decode.
  const ascii = name.replaceAll(/[^\u0020-\u007e]|["\\%]/g, '_')
  if (ascii === name) return `${kind}; filename="${name}"`
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
