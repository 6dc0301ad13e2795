/** Teaches Markdown the stored mentions, `<@userId>`: they become spans that name their target. */
import { replaceNodes, type MarkdownNode } from './markdown-node.ts'
import { splitMentions, type MentionPart } from './mentions.ts'

export function remarkMentions(): (tree: MarkdownNode) => void {
  return (tree) =>
    replaceNodes(tree, (node) =>
      node.type === 'text' && node.value?.includes('<@') === true
        ? splitMentions(node.value).map(toNode)
        : [node],
    )
}

function toNode(part: MentionPart): MarkdownNode {
  if (part.kind === 'text') return { type: 'text', value: part.text }
  const mention = part.kind === 'person' ? part.userId : part.group
  return { type: 'mention', children: [], data: { hName: 'span', hProperties: { mention } } }
}
