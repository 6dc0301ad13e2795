/**
 * The text of Slack's "blocks", as mrkdwn, for messages that have nothing else to read. Walks
 * JSON of any form and takes only what it knows; never throws.
 */
import { z } from 'zod'

const nodeSchema = z.looseObject({
  type: z.string().optional().catch(undefined),
  text: z.unknown().optional(),
  elements: z.array(z.unknown()).optional().catch(undefined),
  fields: z.array(z.unknown()).optional().catch(undefined),
  url: z.string().optional().catch(undefined),
  user_id: z.string().optional().catch(undefined),
  channel_id: z.string().optional().catch(undefined),
  range: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  alt_text: z.string().optional().catch(undefined),
  image_url: z.string().optional().catch(undefined),
})
type Node = z.infer<typeof nodeSchema>

/** All readable text of a message's blocks, a line per block. */
export function textOfBlocks(blocks: readonly unknown[]): string {
  return blocks
    .map(textOfNode)
    .filter((text) => text.trim() !== '')
    .join('\n')
}

function textOfNode(value: unknown): string {
  if (typeof value === 'string') return value
  const parsed = nodeSchema.safeParse(value)
  if (!parsed.success) return ''
  const node = parsed.data
  switch (node.type) {
    case 'text':
    case 'plain_text':
      return typeof node.text === 'string' ? escapeEntities(node.text) : ''
    case 'user':
      return `<@${node.user_id ?? ''}>`
    case 'channel':
      return `<#${node.channel_id ?? ''}>`
    case 'broadcast':
      return `<!${node.range ?? 'channel'}>`
    case 'emoji':
      return `:${node.name ?? ''}:`
    case 'link':
      return linkText(node)
    case 'image':
      return node.image_url === undefined
        ? (node.alt_text ?? '')
        : `<${node.image_url}|${escapeEntities(node.alt_text ?? node.image_url)}>`
    case 'rich_text_preformatted':
      return `\`\`\`${childTexts(node).join('')}\`\`\``
    case 'rich_text_quote':
      return `&gt; ${childTexts(node).join('').replaceAll('\n', '\n&gt; ')}`
    case 'rich_text_list':
      return childTexts(node)
        .map((text) => `- ${text}`)
        .join('\n')
    case 'rich_text_section':
      return childTexts(node).join('')
    default:
      return [textOfNode(node.text), ...childTexts(node)].filter((text) => text !== '').join('\n')
  }
}

function childTexts(node: Node): string[] {
  return [...(node.fields ?? []), ...(node.elements ?? [])].map(textOfNode)
}

function linkText(node: Node): string {
  const url = escapeEntities(node.url ?? '')
  return typeof node.text === 'string' && node.text !== ''
    ? `<${url}|${escapeEntities(node.text)}>`
    : `<${url}>`
}

function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
