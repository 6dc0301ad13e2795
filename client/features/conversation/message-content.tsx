/**
 * The content of a message: Markdown with mentions. Everything in it is hostile: no HTML is
 * taken, no picture is loaded from elsewhere, and links say where they lead.
 */
import { memo, type ReactNode } from 'react'
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import type { UserId } from '../../../shared/ids.ts'
import { usePeople } from '../../store/directory-queries.ts'
import { nameOf } from '../../store/person-name.ts'
import { useWorkspace } from '../../store/workspace-context.ts'
import styles from './message-content.module.css'
import { remarkMentions } from './remark-mentions.ts'

const plugins = [remarkGfm, remarkMentions]

const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={String(src)} target="_blank" rel="noopener noreferrer nofollow">
      {alt === undefined || alt === '' ? 'Picture' : alt}
    </a>
  ),
  span: ({ node, children }) => {
    const { mention } = node?.properties ?? {}
    return typeof mention === 'string' ? <Mention target={mention} /> : <span>{children}</span>
  },
  table: ({ children }) => (
    <div className={styles.table}>
      <table>{children}</table>
    </div>
  ),
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
