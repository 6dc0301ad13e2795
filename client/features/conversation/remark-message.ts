/**
 * Fits Markdown to messages: a line break is a line break, a picture is a link to it, and
 * footnotes, whose ids would clash between messages, stay as they were typed.
 */
import { replaceNodes, type MarkdownNode } from './markdown-node.ts'

export function remarkMessage(): (tree: MarkdownNode) => void {
  return (tree) => replaceNodes(tree, fit)
}

function fit(node: MarkdownNode): MarkdownNode[] {
  switch (node.type) {
    case 'text':
      return breakLines(node.value ?? '')
    case 'image':
      return [{ type: 'link', url: node.url ?? '', children: [text(nameOfPicture(node))] }]
    // A link stands in no other link.
    case 'link':
      replaceNodes(node, (child) =>
        child.type === 'image' ? [text(nameOfPicture(child))] : [child],
      )
      return [node]
    case 'footnoteReference':
      return [text(markOf(node))]
    case 'footnoteDefinition':
      return openWith(`${markOf(node)}: `, node.children ?? [])
    default:
      return [node]
  }
}

/** Puts words at the start of the first paragraph, or before all where there is none. */
function openWith(words: string, [first, ...rest]: readonly MarkdownNode[]): MarkdownNode[] {
  if (first?.type !== 'paragraph') {
    const paragraph = { type: 'paragraph', children: [text(words)] }
    return first === undefined ? [paragraph] : [paragraph, first, ...rest]
  }
  return [{ ...first, children: [text(words), ...(first.children ?? [])] }, ...rest]
}

function breakLines(value: string): MarkdownNode[] {
  return value
    .split(/\r\n|\r|\n/)
    .flatMap((line, index) => (index === 0 ? [text(line)] : [{ type: 'break' }, text(line)]))
}

function nameOfPicture({ alt }: MarkdownNode): string {
  return alt === undefined || alt === null || alt === '' ? 'Picture' : alt
}

function markOf({ label, identifier }: MarkdownNode): string {
  return `[^${label ?? identifier ?? ''}]`
}

function text(value: string): MarkdownNode {
  return { type: 'text', value }
}
