/** As much of Markdown's syntax tree as our own plugins touch. */
export interface MarkdownNode {
  type: string
  value?: string
  children?: MarkdownNode[]
  alt?: string | null
  url?: string
  label?: string | null
  identifier?: string
  data?: { hName: string; hProperties: Record<string, string> }
}

/** Puts what `replace` answers in the place of each node, from the outside in. */
export function replaceNodes(
  node: MarkdownNode,
  replace: (node: MarkdownNode) => MarkdownNode[],
): void {
  if (node.children === undefined) return
  node.children = node.children.flatMap(replace)
  for (const child of node.children) replaceNodes(child, replace)
}
