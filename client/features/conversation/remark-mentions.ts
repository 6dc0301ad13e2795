/** Teaches Markdown the stored mentions, `<@userId>`: they become spans that name their target. */
import { splitMentions, type MentionPart } from './mentions.ts'

interface MarkdownNode {
  type: string
  value?: string
  children?: MarkdownNode[]
  data?: { hName: string; hProperties: Record<string, string> }
}

export function remarkMentions(): (tree: MarkdownNode) => void {
  return mentionChildren
}

function mentionChildren(node: MarkdownNode): void {
  if (node.children === undefined) return
  node.children = node.children.flatMap((child) => {
    if (child.type === 'text' && child.value?.includes('<@') === true) {
      return splitMentions(child.value).map(toNode)
    }
    mentionChildren(child)
    return [child]
  })
}

function toNode(part: MentionPart): MarkdownNode {
  if (part.kind === 'text') return { type: 'text', value: part.text }
  const mention = part.kind === 'person' ? part.userId : part.group
  return { type: 'mention', children: [], data: { hName: 'span', hProperties: { mention } } }
}
