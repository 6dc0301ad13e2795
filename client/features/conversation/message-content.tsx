/**
 * The content of a message: Markdown with mentions. Everything in it is hostile: no HTML is
 * taken, no picture is loaded from elsewhere, and links say where they lead.
 */
import { memo, type ReactNode } from 'react'
import Markdown, { type Components, type ExtraProps } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import type { UserId } from '../../../shared/ids.ts'
import { usePeople } from '../../store/directory-queries.ts'
import { nameOf } from '../../store/person-name.ts'
import { useWorkspace } from '../../store/workspace-context.ts'
import { linkTarget } from './link-target.ts'
import styles from './message-content.module.css'
import { remarkMentions } from './remark-mentions.ts'
import { remarkMessage } from './remark-message.ts'
import { useTabIndex } from './tab-stop.ts'
import { useScrollStop } from './use-scroll-stop.ts'

const plugins = [remarkGfm, remarkMentions, remarkMessage]

/** Titles of the page are the app's own; within a message they are text that stands out. */
const Heading: Components['h1'] = ({ children }) => <p className={styles.heading}>{children}</p>

const components: Components = {
  a: Link,
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
  span: ({ node, children }) => {
    const { mention } = node?.properties ?? {}
    return typeof mention === 'string' ? <Mention target={mention} /> : <span>{children}</span>
  },
  pre: Code,
  table: Table,
}

export const MessageContent = memo(function MessageContent({
  content,
}: {
  content: string
}): ReactNode {
  return (
    <div className={styles.content}>
      <Markdown remarkPlugins={plugins} components={components}>
        {content}
      </Markdown>
    </div>
  )
})

function Code({ children }: { children?: ReactNode }): ReactNode {
  const { ref, tabIndex } = useScrollStop<HTMLPreElement>()
  return (
    <pre ref={ref} tabIndex={tabIndex}>
      {children}
    </pre>
  )
}

function Table({ children }: { children?: ReactNode }): ReactNode {
  const { ref, tabIndex } = useScrollStop<HTMLDivElement>()
  return (
    <div ref={ref} tabIndex={tabIndex} className={styles.table}>
      <table>{children}</table>
    </div>
  )
}

type Node = NonNullable<ExtraProps['node']>

interface LinkProps extends ExtraProps {
  href?: string | undefined
  children?: ReactNode
}

function Link({ node, href = '', children }: LinkProps): ReactNode {
  const tabIndex = useTabIndex()
  const target = linkTarget(href, node === undefined ? '' : textOf(node))
  if (target === undefined) return <>{children}</>
  return (
    <a href={target.href} tabIndex={tabIndex} target="_blank" rel="noopener noreferrer nofollow">
      {children}
      {target.place === '' ? null : <span className={styles.place}> ({target.place})</span>}
    </a>
  )
}

function textOf(node: Node | Node['children'][number]): string {
  if (node.type === 'text') return node.value
  return node.type === 'element' ? node.children.map(textOf).join('') : ''
}

function Mention({ target }: { target: string }): ReactNode {
  const { me } = useWorkspace()
  const { byId } = usePeople()
  const isGroup = target === 'channel' || target === 'here'
  const name = isGroup ? target : nameOf(target as UserId, byId) // remarkMentions lets only ids through
  const isMe = target === me.id || isGroup
  return (
    <span className={styles.mention} data-me={isMe}>
      @{name}
    </span>
  )
}
